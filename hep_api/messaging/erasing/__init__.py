"""What is removed of messaging when a patient is erased."""
