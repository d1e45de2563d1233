"""The API's documentation for people: Swagger UI, kept in this folder so that no outside host is asked."""
