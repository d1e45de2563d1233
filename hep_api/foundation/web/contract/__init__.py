"""The OpenAPI document: what flask-smorest collects from the routes, completed with what our doors know."""
