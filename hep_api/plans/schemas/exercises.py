"""An exercise as it was prescribed: what the patient reads, frozen with the plan."""

from marshmallow import fields

from hep_api.dosing.schemas import AsStored
from hep_api.foundation.web.fields import Choice
from hep_api.foundation.web.schemas import Out
from hep_api.library.schemas.showing import MediaEntryOut
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Position


class PrescribedExerciseOut(Out):
    """Stays as it read when it was prescribed, whatever happens to the exercise in the library."""

    exercise_id = fields.UUID()
    name = fields.String()
    summary = fields.String()
    steps = fields.List(fields.String())
    cues = fields.List(fields.String())
    mistakes = fields.List(fields.String())
    precautions = fields.List(fields.String())
    contraindications = fields.List(fields.String())
    body_region = Choice(BodyRegion)
    position = Choice(Position, allow_none=True)
    equipment = fields.List(Choice(Equipment))
    sides = fields.Integer()
    difficulty = Choice(Difficulty)
    language = fields.String(metadata={"description": "of these texts"})
    author = fields.String(metadata={"description": "whom the texts are credited to"})
    source = fields.String()
    licence = fields.String()
    library_version = fields.Integer(metadata={"description": "which version of the exercise it was"})
    media = fields.List(AsStored(MediaEntryOut))
