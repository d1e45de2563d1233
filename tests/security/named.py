"""Looks for what the evidence names: tests, settings, files. A document that names what is not there proves nothing."""

import ast
import re
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from pathlib import Path

from hep_api.foundation.settings import Settings, variable_name

ROOT = Path(__file__).parent.parent.parent
TEST = re.compile(r"`(tests/[\w/]+\.py)::(?:(\w+)::)?(\w+)`")
SETTING = re.compile(r"`((?:HEP_[A-Z_]+)|DATABASE_URL|REDIS_URL)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")


@cache
def tests_of(file: str) -> frozenset[str]:
    """Return the names of the tests in a file, those of its classes behind `Class::`; none when it is not there."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text())
    inside = [
        f"{node.name}::{name}" for node in tree.body if isinstance(node, ast.ClassDef) for name in _tests(node.body)
    ]
    return frozenset((*_tests(tree.body), *inside))


def _tests(body: Iterable[ast.stmt]) -> Iterable[str]:
    return [node.name for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


def is_test(name: str) -> bool:
    file, _, rest = name.partition("::")
    return rest in tests_of(file)


def settings() -> frozenset[str]:
    return frozenset(variable_name(setting.name) for setting in fields(Settings))


def missing_from(document: Path) -> list[str]:
    """Return what a Markdown document names and is not there."""
    text = document.read_text()
    tests = [f"{file}::{group + '::' if group else ''}{name}" for file, group, name in TEST.findall(text)]
    known = settings()
    return [
        *(test for test in tests if not is_test(test)),
        *(setting for setting in SETTING.findall(text) if setting not in known),
        *(link for link in LINK.findall(text) if not (document.parent / link).exists()),
    ]
