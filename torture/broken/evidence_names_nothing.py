"""Evidence names a test that is not there."""

from dataclasses import replace

from development import asvs
from development.asvs import Chapter


def do() -> None:
    first, *rest = asvs.chapters()
    one, *others = first.requirements
    spoiled = Chapter(
        first.number, first.name, (replace(one, tests=("tests/security/test_code.py::test_of_dreams",)), *others)
    )
    asvs.chapters = lambda: [spoiled, *rest]
