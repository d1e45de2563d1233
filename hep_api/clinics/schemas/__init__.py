"""JSON shapes of clinics, split like the doors."""
