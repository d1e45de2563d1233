"""What messaging holds of a patient, for the export."""
