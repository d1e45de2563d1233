"""Files on their way from a phone: by one form, or resumably by tus; added once, within the clinic's room."""
