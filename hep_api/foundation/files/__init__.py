"""Files: a small store of a folder or a bucket, and links to single files that live ten minutes."""
