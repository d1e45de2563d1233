"""R7, pushes under kills: none lost, none with a word of anybody's health, no more twice than workers were killed."""
