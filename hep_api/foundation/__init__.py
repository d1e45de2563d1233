"""What every capability stands on. No health word in here."""
