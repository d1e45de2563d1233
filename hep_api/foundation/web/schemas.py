"""The two families of JSON shapes: `XIn` refuses unknown fields, `XOut` shows every field it names.

Nested schemas do not inherit marshmallow's `Meta.unknown`, hence these bases.
"""

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields

from hep_api.foundation.web.fields import Text, WholeInQuery
from hep_api.foundation.web.pages import DEFAULT_LIMIT, MOST


class In(Schema):
    """What a client sends: unknown fields are refused."""

    class Meta:
        unknown = RAISE


class Out(Schema):
    """What a client gets: every field is always there, null where there is nothing to say."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        field_obj.required = True


class PageQuery(In):
    """The query of every list."""

    limit = WholeInQuery(least=1, most=MOST, load_default=DEFAULT_LIMIT)
    cursor = Text(most=2000, load_default=None)


class FieldErrorOut(Out):
    field = fields.String(metadata={"description": "JSON pointer into the body or the query"})
    rule = fields.String()
    detail = fields.String()


class ProblemOut(Out):
    """RFC 9457 problem details; `errors` names each field and rule."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "stable name of what went wrong"})
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldErrorOut))
    request_id = fields.String()


def page_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of `item`."""
    name = item.__name__.removesuffix("Out") + "PageOut"
    return Out.from_dict(
        {
            "items": fields.List(fields.Nested(item)),
            "next_cursor": fields.String(allow_none=True),
        },
        name=name,
    )
