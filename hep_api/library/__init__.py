"""The library: how to do each exercise. The starter set of all clinics, a clinic's own, a practitioner's drafts."""
