"""The TypeScript client, built once for each state of its sources and of openapi.yaml."""

from pathlib import Path

import pytest

from development import typescript


@pytest.fixture(scope="session")
def client() -> Path:
    """The folder of the built client; building it is what compiles everything strictly."""
    return typescript.build()
