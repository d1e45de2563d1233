"""A route was added past the check that every route says who may use it."""

from uuid import UUID

from flask import Flask, Response, jsonify

from hep_api import app as product
from hep_api.foundation.web import policy
from torture.broken.taking import replacing


def do() -> None:
    replacing(product, "refuse_undeclared_routes", lambda _, app: _add(app))


def _add(app: Flask) -> None:
    @app.get("/v1/plans/<uuid:plan_id>/print")
    def print_plan(plan_id: UUID) -> Response:
        return jsonify(str(plan_id))

    assert policy.policy_of(print_plan) is None
