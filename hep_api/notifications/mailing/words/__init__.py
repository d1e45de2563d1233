"""What mails of notifications say besides the notices' own sentences, one file for each language that is written."""
