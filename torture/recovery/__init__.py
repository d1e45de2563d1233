"""R10, what comes back: a backup is made, everything removed, and restored; and every migration goes down and up."""
