"""Plans: the treatment plan, its published revisions, prescriptions with dose and schedule, pauses, and what is due."""
