"""R11, the rights of the person: an export is whole and has nothing of another's; after an erasure nothing is left."""
