"""HTTP doors of the rights of a person, split like the actions."""
