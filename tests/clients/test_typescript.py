"""The TypeScript client compiles strictly against openapi.yaml, keeps its own tests, and reads as its README says."""

import json
import re
import subprocess
from pathlib import Path

from development import places, typescript


def test_the_clients_own_tests_pass(client: Path) -> None:
    done = typescript.run_tests(client)
    assert done.returncode == 0, done.stdout
    assert " pass " in done.stdout
    assert " skipped 0\n" in done.stdout


def test_its_types_are_those_of_the_contract_of_now(client: Path) -> None:
    contract, types = typescript.CONTRACT.read_text(), (client / "src" / "contract.d.ts").read_text()
    named = re.findall(r"^  (/v1/\S+):$|^    (\w+(?:In|Out)):$|^      operationId: (\w+)$", contract, re.MULTILINE)
    names = {name for each in named for name in each if name}
    assert len(names) > 300
    assert [name for name in names if f'"{name}"' not in types and f"        {name}: {{" not in types] == []
    assert "contract.d.ts" not in git("ls-files", "clients/typescript")


def test_the_example_of_its_readme_is_the_one_that_was_compiled(client: Path) -> None:
    example = (typescript.SOURCES / "example" / "app.ts").read_text()
    assert f"```ts\n{example}```" in (client / "README.md").read_text()
    assert (client / "example" / "app.js").exists()
    assert example.count("\n") < 35


def test_what_an_app_imports_is_there_with_its_types(client: Path) -> None:
    package = json.loads((client / "package.json").read_text())
    named = [client / file for entry in package["exports"].values() for file in entry.values()]
    assert len(named) == 4
    assert [file for file in named if not file.exists()] == []
    # What is built beside the library is not packed with it.
    assert package["files"] == ["src", "README.md"]


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=places.CHECKOUT, capture_output=True, text=True, check=True).stdout
