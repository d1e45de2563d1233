"""The server's entry: builds the app, nothing else."""

import gc

# What a start makes stays. Looking through it for garbage, over and over, would be a fifth of the start's time.
gc.disable()

from hep_api.app import create_app_from_environment  # noqa: E402

app = create_app_from_environment()
# Nor is it looked through later, while requests wait.
gc.freeze()
gc.enable()
