"""What the clinic's system tells patients: in which words, in which language, and how often."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from hep_api.messaging.answering import notices
from hep_api.messaging.answering.notice_words import WORDS, emergency_words, out_of_hours_words
from tests.messaging.conftest import Scene
from tests.messaging.test_policy import settle

MONDAY = datetime(2026, 3, 30, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "languages", "said"),
    [
        ({}, ("en", "de"), "We open again on Monday, March 30, 2026, 8:00"),
        ({}, ("de-AT", "en"), "Wir öffnen wieder am Montag, 30. März 2026, 08:00."),
        ({}, ("pt", "fr"), "Nous rouvrons le lundi 30 mars 2026, 08:00."),
        ({"pt-BR": "Fechado."}, ("pt", "fr"), "Fechado.\n\nIn an emergency call 112."),
        (
            {"pt": "Até {opens_at}; {emergency_line}"},
            ("pt", "fr"),
            "Até segunda-feira, 30 de março de 2026, 08:00; 112",
        ),
        ({"it": "Chiuso."}, ("fr", "it"), "Nous rouvrons"),
        ({"it": "Chiuso."}, ("ja", "it"), "Chiuso."),
        ({"it": "Chiuso."}, ("ja", "xx"), "We open again"),
    ],
)
def test_who_reads_comes_first_then_what_the_clinic_has_written(
    own: dict[str, str], languages: tuple[str, str], said: str
) -> None:
    words = out_of_hours_words(own, languages, MONDAY, "Europe/Berlin", "112")
    # As people write it, with a narrow space before AM.
    assert said in words.replace("\u202f", " ")
    assert "112" in words


def test_whom_to_call_is_always_said_also_without_a_number() -> None:
    for language, words in WORDS.items():
        assert words.call_without_line in emergency_words({}, (language, "en"), None)
        assert words.emergency in emergency_words({}, (language, "en"), "112")
    never = out_of_hours_words(
        {"en": "Closed until {opens_at}. Call {emergency_line}!"}, ("en", "en"), None, "UTC", None
    )
    assert never == "Closed until .... Call ...!\n\nIn an emergency call the emergency number of your country."


def test_an_emergency_notice_is_in_the_patients_language_and_said_once_for_each_cause(scene: Scene) -> None:
    manager = scene.world.manager(scene.lead.clinic_id)
    settle(manager, {"emergency_line": "144", "emergency_text": {"de": "Rufen Sie {emergency_line} an!"}})
    settle(scene.patient, {"language": "de-AT"}, f"/v1/patients/{scene.patient.patient_id}")
    scene.say(scene.patient, "It hurts.")
    with scene.world.transaction() as session:
        for cause in (first := uuid4(), first, uuid4()):
            notices.post_emergency(session, scene.lead.clinic_id, scene.id, cause, datetime.now(UTC))
    _, told, *others = scene.read(scene.patient)["items"]
    assert (told["kind"], told["sender_id"], told["body"]) == ("notice", None, "Rufen Sie 144 an!")
    assert told["card"] == {"type": "emergency", "emergency_line": "144"}
    assert len(others) == 1
