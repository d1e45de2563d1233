"""A phone's developer gets a typed client from the contract: linted, generated and compiled with Node's own tools."""

from pathlib import Path

import pytest

from development import node

ROOT = Path(__file__).parent.parent.parent
CLIENT = Path(__file__).parent / "typed_client.ts"


@pytest.mark.parametrize("contract", ["openapi.yaml", "asyncapi.yaml"])
def test_the_contract_passes_redocly(contract: str) -> None:
    done = node.run_tool("redocly", "lint", "--format=stylish", contract, folder=ROOT)
    assert done.returncode == 0, done.stdout
    assert "warning" not in done.stdout, done.stdout


def compile_client(folder: Path, source: str) -> str:
    """Return the compiler's complaints about a client that is written against the generated types."""
    types = folder / "contract.ts"
    made = node.run_tool("openapi-typescript", ROOT / "openapi.yaml", "-o", types, "--default-non-nullable=false")
    assert made.returncode == 0, made.stdout
    (folder / "client.ts").write_text(source)
    options = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--target", "es2022", "--module", "nodenext"]
    return node.run_tool("tsc", *options, folder / "client.ts", folder=folder).stdout


def test_a_typed_client_compiles_strictly(tmp_path: Path) -> None:
    assert compile_client(tmp_path, CLIENT.read_text()) == ""


def test_the_compiler_refuses_what_the_contract_does_not_know(tmp_path: Path) -> None:
    assert "e_mail" in compile_client(tmp_path, CLIENT.read_text().replace("email:", "e_mail:"))
