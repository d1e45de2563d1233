"""HEP API: the mobile back end of a home exercise program."""
