"""What is told by mail: notices and digests, and how somebody has them stop."""
