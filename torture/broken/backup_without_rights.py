"""The backup has every row and not who may do what with them."""

SCRIPTS = {"backup.sh": ("pg_dump --format=custom", "pg_dump --no-privileges --format=custom")}


def do() -> None:
    """Nothing of the product itself."""
