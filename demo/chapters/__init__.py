"""The story, chapter by chapter; each is one function that plays on the same stage."""
