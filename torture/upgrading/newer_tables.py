"""A plugin of pytest: the tests of an older version get a database that this version's migrations have made.

It is loaded by a path of its own and imports nothing of this version, as the older one is what is imported there.
"""

import os
import subprocess
import sys

NEWER_FOLDER, NEWER_PYTHON = "HEP_UPGRADING_FOLDER", "HEP_UPGRADING_PYTHON"
MIGRATE = """
import sys
from alembic import command
from hep_api.commands import migrations_config
command.upgrade(migrations_config(sys.argv[1]), "head")
"""


def pytest_collection_finish() -> None:
    """Once the older version's conftest is there, let it migrate as the newer one does."""
    vars(sys.modules["tests.conftest"])["_migrate"] = migrate


def migrate(url: str) -> None:
    """Bring a new database to the newer version's tables."""
    subprocess.run([os.environ[NEWER_PYTHON], "-c", MIGRATE, url], cwd=os.environ[NEWER_FOLDER], check=True)
