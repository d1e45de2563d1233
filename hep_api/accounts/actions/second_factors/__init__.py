"""What people do with their second factors, split by verb."""
