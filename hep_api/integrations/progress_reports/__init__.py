"""Progress reports: how a plan goes, for the patient or for the referring doctor, frozen when issued."""
