"""The backup is one of the database alone, and says so to nobody."""

SCRIPTS = {"backup.sh": ("copy_files() {\n", "copy_files() {\n    return 0\n")}


def do() -> None:
    """Nothing of the product itself."""
