"""The server's entry: builds the app, nothing else."""

from hep_api.app import create_app_from_environment

app = create_app_from_environment()
