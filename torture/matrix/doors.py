"""What doors a build has and who may use them, told by the build itself: `python -m torture.matrix.doors`."""

import json
import sys

from flask import Flask

from torture.matrix.asking import routes_of


def doors_of(app: Flask) -> dict[str, bool]:
    """Return every route and socket command, and whether it says who may use it."""
    routes = {" ".join(route): policy is not None for route, policy in routes_of(app).items()}
    commands = app.extensions["hep_realtime"].switchboard.commands
    return routes | {name: bool(command.policy.roles) for name, command in commands.items()}


if __name__ == "__main__":
    from torture.entry import app

    json.dump(doors_of(app), sys.stdout)
