"""What connected clients are told of conversations."""
