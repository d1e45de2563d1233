"""What the contract says that each route takes: the fields of its body and of its query."""

from typing import Any

from flask import Flask

from hep_api.foundation.web.contract import document
from torture.matrix.asking import Route


class Taken:
    """Looks things up in the document that openapi.yaml is written from."""

    def __init__(self, app: Flask) -> None:
        self._document = document.build(app)

    def body(self, route: Route) -> set[str]:
        """Return the names of the body's fields."""
        content = self._operation(route).get("requestBody", {}).get("content", {})
        return {name for each in content.values() for name in self._resolved(each["schema"]).get("properties", {})}

    def query(self, route: Route) -> set[str]:
        """Return the names of the query's parameters."""
        parameters = map(self._resolved, self._operation(route).get("parameters", []))
        return {each["name"] for each in parameters if each.get("in") == "query"}

    def _operation(self, route: Route) -> dict[str, Any]:
        method, path = route
        found: dict[str, Any] = self._document["paths"].get(path, {}).get(method, {})
        return found

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in schema:
            return schema
        found: Any = self._document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)
