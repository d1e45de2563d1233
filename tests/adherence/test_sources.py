"""An event may say who or what reports it, as far as the sign-in may say so."""

from tests.adherence.conftest import Scene, correction, event


def test_a_patients_sign_in_reports_for_the_patient_a_carer_or_a_device(scene: Scene) -> None:
    named = ("patient", "carer", "device", None, ...)
    sent = [event(scene.daily, source=source) for source in named]
    assert scene.outcomes(*sent) == ["applied"] * 5
    assert [each.source for each in scene.stand()[0]] == ["patient", "carer", "device", "patient", "patient"]
    for source in ("practitioner", "paper"):
        assert scene.refusal(event(scene.daily, source=source)) == ("rejected", "/source", "source")
    assert scene.refusal(event(scene.daily, source="nurse")) == ("rejected", "/source", "choice")


def test_a_practitioner_reports_for_themselves_or_from_paper(scene: Scene) -> None:
    sent = [event(scene.daily, source=source) for source in ("practitioner", "paper", ...)]
    assert scene.outcomes(*sent, by=scene.lead) == ["applied"] * 3
    kept = scene.patient.http.get(f"/v1/patients/{scene.patient.member_id}/events").get_json()["items"]
    assert [each["source"] for each in kept] == ["practitioner", "paper", "practitioner"]
    for source in ("patient", "carer", "device"):
        refused = scene.refusal(event(scene.daily, source=source), by=scene.lead)
        assert refused == ("rejected", "/source", "source")


def test_the_source_is_content_but_what_is_meant_anyhow_need_not_be_said(scene: Scene) -> None:
    plain, carers = event(scene.daily), event(scene.daily, source="carer")
    scene.upload(plain, carers)
    assert scene.outcomes({**plain, "source": "patient"}, carers) == ["duplicate", "duplicate"]
    assert scene.outcomes({**plain, "source": "carer"}, {**carers, "source": "device"}) == ["conflict", "conflict"]
    # Whoever corrects speaks for themselves.
    assert scene.outcomes(correction(carers, sets=1, source=None)) == ["applied"]
    assert [each.source for each in scene.stand()[0]] == ["patient", "carer", "patient"]
