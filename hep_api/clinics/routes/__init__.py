"""HTTP doors of clinics, split by address."""
