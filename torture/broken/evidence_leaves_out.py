"""A requirement is left out of the evidence."""

from development import asvs
from development.asvs import Chapter


def do() -> None:
    first, *rest = asvs.chapters()
    shorter = Chapter(first.number, first.name, first.requirements[1:])
    asvs.chapters = lambda: [shorter, *rest]
