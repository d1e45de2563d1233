"""What people change in clinics, split by verb."""
