"""Clinics: the tenant, its locations and members, patients and their care teams, and who may see what."""
