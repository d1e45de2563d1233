"""R5, revocation: who lost their access hears, reads and does nothing more, in every process, queue or not."""
