"""Templates in JSON, in and out: what a clinic's protocol says, phase by phase."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from hep_api.dosing.schemas import (
    AsStored,
    DoseIn,
    DoseOut,
    ProgressionIn,
    ProgressionOut,
    ScheduleIn,
    ScheduleOut,
    refuse_aimless,
)
from hep_api.foundation.languages import FALLBACK, TAG
from hep_api.foundation.web.fields import Choice, FlagInQuery, Id, Several, Text, Whole
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out, PageQuery
from hep_api.library.queries.templates import ExerciseState
from hep_api.library.template_rows import LAST_DAY, MOST_ITEMS, MOST_PHASES
from hep_api.library.vocabulary import BodyRegion

CLIENT_MADE_ID = {"description": "made by the client; sent again with the same content it gives the same answer"}


class TemplateScope(StrEnum):
    """Whose a template is; those of the starter set are read only."""

    STARTER = "starter"
    CLINIC = "clinic"


def refuse_disorder(phases: Sequence[Mapping[str, Any]]) -> None:
    """Refuse phases that do not begin on day 0, or that do not each begin later than the one before."""
    if phases and phases[0]["from_day"] != 0:
        raise ValidationError({"phases": {0: {"from_day": [Broken("first_day", "The first phase begins on day 0.")]}}})
    for place in range(1, len(phases)):
        before = phases[place - 1]["from_day"]
        if phases[place]["from_day"] <= before:
            words = f"Must be later than that of the phase before, {before}."
            raise ValidationError({"phases": {place: {"from_day": [Broken("order", words)]}}})


def from_day() -> Whole:
    return Whole(least=0, most=LAST_DAY, required=True, metadata={"description": "days after the first day"})


def written_in() -> Text:
    """A field for the language that something is written in, as a tag such as `de` or `pt-BR`."""

    def known(value: str) -> None:
        if not TAG.fullmatch(value):
            raise ValidationError(Broken("language", "Must be a language tag such as de or pt-BR."))

    return Text(most=10, load_default=FALLBACK, validate=known)


AS_READ = {"description": "as it was read: it may be sent back, and changes nothing"}
ONLY_READ = ("exercise_name", "exercise_state")


class ReadItemIn(In):
    """An item as it was read may be sent back as it is; what says of its exercise how that stands is not kept."""

    exercise_name = Text(least=0, most=200, allow_none=True, metadata=AS_READ)
    exercise_state = Choice(ExerciseState, metadata=AS_READ)

    @post_load
    def pass_over_what_is_only_read(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {field: said for field, said in data.items() if field not in ONLY_READ}


class TemplateItemIn(ReadItemIn):
    exercise_id = Id(required=True)
    dose = fields.Nested(DoseIn, required=True)
    schedule = fields.Nested(ScheduleIn, required=True)
    progression = fields.Nested(ProgressionIn, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=True)
    def leads_on(self, data: dict[str, Any], **_: Any) -> None:
        refuse_aimless(data)


class TemplatePhaseIn(In):
    """The whole of the exercises from `from_day` on; one that goes on from the phase before stands in both."""

    name = Text(most=120, required=True)
    from_day = from_day()
    note = Text(least=0, most=5000, lines=True, load_default="")
    items = Several(fields.Nested(TemplateItemIn), least=1, most=MOST_ITEMS, required=True)


class TemplateTitleIn(In):
    """What a template is found by."""

    title = Text(most=200, required=True)
    summary = Text(least=0, most=2000, lines=True, load_default="")
    body_region = Choice(BodyRegion, load_default=None, allow_none=True)
    tags = Several(Text(most=60), most=20, load_default=list)
    language = written_in()
    goals = Several(Text(most=500), most=20, load_default=list)

    @validates_schema(skip_on_field_errors=True)
    def refuse_repeated_tags(self, data: dict[str, Any], **_: Any) -> None:
        if len(set(data["tags"])) < len(data["tags"]):
            raise ValidationError({"tags": [Broken("repeated", "Name each one once.")]})


class TemplateChangeIn(TemplateTitleIn):
    """The whole of what a template says; it becomes its next version."""

    phases = Several(fields.Nested(TemplatePhaseIn), least=1, most=MOST_PHASES, required=True)

    @validates_schema(skip_on_field_errors=True)
    def refuse_phases_out_of_order(self, data: dict[str, Any], **_: Any) -> None:
        refuse_disorder(data["phases"])


class TemplateIn(TemplateChangeIn):
    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)


class TemplateCopyIn(In):
    """What the copy in one's own clinic is called; the title of what is copied when left out."""

    id = Id(load_default=None, allow_none=True, metadata=CLIENT_MADE_ID)
    title = Text(most=200, load_default=None, allow_none=True)


class TemplateQuery(PageQuery):
    q = Text(most=200, load_default=None, metadata={"description": "words of title, tags, region, summary, phases"})
    body_region = Choice(BodyRegion, load_default=None)
    tag = Text(most=60, load_default=None)
    scope = Choice(TemplateScope, load_default=None)
    archived = FlagInQuery(load_default=False, metadata={"description": "true: only what was archived"})


class TemplateItemOut(Out):
    exercise_id = fields.UUID()
    exercise_name = fields.String(
        allow_none=True, metadata={"description": "in the reader's language; null if missing"}
    )
    exercise_state = Choice(ExerciseState)
    dose = AsStored(DoseOut)
    schedule = AsStored(ScheduleOut)
    progression = AsStored(ProgressionOut, allow_none=True)


class TemplatePhaseOut(Out):
    name = fields.String()
    from_day = fields.Integer()
    note = fields.String()
    items = fields.List(fields.Nested(TemplateItemOut))


class TemplateOriginOut(Out):
    id = fields.UUID()
    version = fields.Integer()


class TemplateSummaryOut(Out):
    id = fields.UUID()
    scope = Choice(TemplateScope)
    title = fields.String()
    summary = fields.String()
    body_region = Choice(BodyRegion, allow_none=True)
    tags = fields.List(fields.String())
    language = fields.String()
    phase_count = fields.Integer()
    exercise_count = fields.Integer(metadata={"description": "how many different exercises"})
    version = fields.Integer()
    created_at = fields.AwareDateTime()
    archived_at = fields.AwareDateTime(allow_none=True)


class TemplateOut(TemplateSummaryOut):
    goals = fields.List(fields.String())
    phases = fields.List(fields.Nested(TemplatePhaseOut))
    author_id = fields.UUID(allow_none=True, metadata={"description": "the member who began it"})
    copied_from = fields.Nested(TemplateOriginOut, allow_none=True)
    written_at = fields.AwareDateTime(metadata={"description": "when this version was written"})
    written_by = fields.UUID(allow_none=True)
