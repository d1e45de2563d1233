"""What the machine does, counted for whoever watches it: no person, no clinic, nothing that anybody said."""
