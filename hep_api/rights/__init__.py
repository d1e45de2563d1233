"""Rights of the person: the export of what names a patient, erasure, and how long a clinic keeps records."""
