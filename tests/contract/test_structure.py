"""What the house rules say of the code itself, held by counting."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PRODUCT = ROOT / "hep_api"
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 40


def product_files() -> Iterator[tuple[str, str]]:
    for file in sorted(PRODUCT.rglob("*.py")):
        yield str(file.relative_to(ROOT)), file.read_text()


@cache
def calls(source: str) -> Sequence[str]:
    """Return the name of everything that the source calls: `commit` for `session.commit()`."""
    called = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in called]


def test_the_product_has_files_to_look_at() -> None:
    assert len(list(product_files())) > 50


def test_only_the_door_of_the_database_commits() -> None:
    committing = [name for name, source in product_files() for call in calls(source) if call == "commit"]
    assert committing == ["hep_api/foundation/database.py"]


def test_nothing_is_printed() -> None:
    assert [name for name, source in product_files() if "print" in calls(source)] == []


def test_files_and_functions_are_short() -> None:
    long_files = [name for name, source in product_files() if source.count("\n") > MOST_LINES_OF_A_FILE]
    long_functions = [
        f"{name}: {node.name}"
        for name, source in product_files()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ]
    assert long_files == []
    assert long_functions == []


def test_every_file_says_what_it_decides() -> None:
    silent = [name for name, source in product_files() if source and ast.get_docstring(ast.parse(source)) is None]
    assert silent == []


def test_packages_hand_nothing_on() -> None:
    handing_on = [
        name
        for name, source in product_files()
        if name.endswith("__init__.py")
        and any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source).body)
    ]
    assert handing_on == []


def test_no_file_is_a_bag_for_everything() -> None:
    bags = {"utils", "helpers", "common", "misc", "base", "manager", "service", "services"}
    assert [name for name, _ in product_files() if bags & set(Path(name).with_suffix("").parts)] == []
