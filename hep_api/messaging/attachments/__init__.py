"""Files of messages: how they arrive, where they lie, how a message gets them."""
