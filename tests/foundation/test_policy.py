"""Every door says who may use it, or the app does not start."""

import pytest
from flask import Flask

from hep_api.foundation.web.policy import UndeclaredDoor, refuse_undeclared_routes


def test_a_route_without_a_policy_stops_the_app(app: Flask) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/v1/left-open", view_func=lambda: "everything")
    with pytest.raises(UndeclaredDoor, match="/v1/left-open"):
        refuse_undeclared_routes(bare)
