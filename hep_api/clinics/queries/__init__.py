"""What people read of clinics, split by what is read."""
