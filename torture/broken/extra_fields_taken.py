"""Bodies take fields that nobody declared."""

from marshmallow import EXCLUDE

from hep_api.foundation.web.schemas import In


def do() -> None:
    In.Meta.unknown = EXCLUDE
    In.opts.unknown = EXCLUDE
