"""What has to be so before the first of the tests' modules is read; what tests stand on is in tests/conftest.py."""

import gc
import os
import sys

# What is imported and collected stays to the end of the run. Looking through it for garbage, over and over, would be a
# third of the time until the first test.
gc.disable()

# Half a hundred tests start processes of the product. Each would compile all of it anew, and each run all tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_collection_finish() -> None:
    """From here on there is garbage; what stays is not looked through with it, which took a quarter of the time."""
    gc.freeze()
    # An app, a contract, a scene stay as well: they too are looked through seldom.
    gc.set_threshold(10_000, 20, 20)
    gc.enable()
