"""R2, phones: whatever the network does to them, their reports are counted once, and what they pull skips nothing."""
