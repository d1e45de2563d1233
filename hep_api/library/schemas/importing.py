"""Collections of exercises in JSON: what an import is asked for and says, and the file that an export gives."""

from marshmallow import fields

from hep_api.foundation.web.fields import Choice, FlagInQuery
from hep_api.foundation.web.schemas import In, Out
from hep_api.library.importing.formats import Format


class ImportIn(In):
    """What stands in the form beside the file."""

    format = Choice(Format, required=True)
    dry_run = FlagInQuery(load_default=False)


class ImportNoteOut(Out):
    """What is wrong with, or worth knowing of, one entry."""

    number = fields.Integer(metadata={"description": "of the entry in the file; the first has 1"})
    name = fields.String()
    field = fields.String(metadata={"description": "pointer into the entry, or the column; empty: the whole entry"})
    rule = fields.String()
    detail = fields.String(attribute="words")
    refused = fields.Boolean(metadata={"description": "false: it is taken all the same"})


class ImportOut(Out):
    """What an import did, or with `dry_run` would do."""

    dry_run = fields.Boolean()
    read = fields.Integer()
    added = fields.Integer(attribute="shelved.added")
    changed = fields.Integer(attribute="shelved.changed")
    unchanged = fields.Integer(attribute="shelved.unchanged")
    refused = fields.Integer()
    notes = fields.List(fields.Nested(ImportNoteOut))


class ExerciseFileOut(Out):
    """The file that `format=hep-api` takes."""

    format = fields.String()
    version = fields.Integer()
    exercises = fields.List(
        fields.Dict(keys=fields.String()), metadata={"description": "content, texts in every language, links by key"}
    )
