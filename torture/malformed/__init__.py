"""R4, malformed input: whatever is sent, the product refuses it by name or takes it and can read it back."""
