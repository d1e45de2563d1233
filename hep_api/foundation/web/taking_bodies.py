"""The short way through a whole schema, for bodies that come all day: each field by its own short way (`taking`), then
what the schema asks of the whole. Anything unusual, and anything refused, goes through the schema, which words it.
"""

from collections.abc import Callable
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing
from marshmallow.decorators import POST_LOAD, PRE_LOAD, VALIDATES, VALIDATES_SCHEMA

from hep_api.foundation.web.taking import Take, taker

TakeBody = Callable[[Any], dict[str, Any]]
Way = tuple[str, str, Take, bool, Any]


def body_taker(schema: Schema) -> TakeBody:
    """Return what loads a body as `schema.load` would; it raises the same ValidationError."""
    if not _asks_fields_and_the_whole(schema):
        return schema.load
    ways = [_way(name, field) for name, field in schema.load_fields.items()]
    checks = [getattr(schema, name) for name, _, _ in schema._hooks[VALIDATES_SCHEMA]]  # noqa: SLF001

    def take(body: Any) -> dict[str, Any]:
        try:
            loaded = _taken(ways, body) if type(body) is dict else None
            if loaded is not None:
                for check in checks:
                    check(loaded, partial=schema.partial, many=False, unknown=RAISE)
                return loaded
        except ValidationError:
            pass  # Said by the schema, with all else that is wrong.
        found: dict[str, Any] = schema.load(body)
        return found

    return take


def _taken(ways: list[Way], body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields of a body; None when one is lacking, or one is unknown."""
    loaded, known = {}, 0
    for name, attribute, take, is_required, default in ways:
        if name in body:
            known += 1
            loaded[attribute] = take(body[name])
        elif is_required:
            return None
        elif default is not missing:
            loaded[attribute] = default() if callable(default) else default
    return loaded if known == len(body) else None


def _way(name: str, field: fields.Field[Any]) -> Way:
    take = field.deserialize if field.pre_load or field.post_load else taker(field)
    return field.data_key or name, field.attribute or name, take, field.required, field.load_default


def _asks_fields_and_the_whole(schema: Schema) -> bool:
    """Say whether a schema takes one object of known fields and changes nothing before or after."""
    hooks = schema._hooks  # noqa: SLF001 - there is no public way to ask what a schema does besides
    is_one_object = schema.unknown == RAISE and not schema.many and not schema.partial
    has_own_ways = hooks[PRE_LOAD] or hooks[POST_LOAD] or hooks[VALIDATES]
    sees_more = any(options.get("pass_original") for _, _, options in hooks[VALIDATES_SCHEMA])
    is_flat = not any("." in (field.attribute or "") for field in schema.load_fields.values())
    return is_one_object and is_flat and not has_own_ways and not sees_more
