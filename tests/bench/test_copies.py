"""Patients copied inside the database are what their models are: same figures, other ids, and they report like any."""

from datetime import UTC, datetime

import psycopg
from flask import Flask

from bench.copies import copied, loading, make_clinic
from bench.histories import make_models
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings
from hep_api.library.starter_set import load_starter_set
from tests.world import World
from torture.stage import plain

DAYS = 35


def test_a_copied_clinic_has_the_figures_of_its_models_and_ids_of_its_own(
    app: Flask, world: World, settings: Settings
) -> None:
    with app.app_context(), transaction() as session:
        load_starter_set(session, datetime.now(UTC))
    model = make_models(app, world, patients=3, days=DAYS)
    with psycopg.connect(plain(settings.database_url)) as connection, loading(connection):
        lead = make_clinic(connection, world, model, copies=2, number=9)
    practitioner = world.sign_in(model.lead)  # it signed in when the plans began
    of_models = practitioner.http.get("/v1/clinic/adherence").get_json()["windows"]
    of_copies = lead.http.get("/v1/clinic/adherence").get_json()["windows"]
    means = [(each["mean"], each["patients"]) for each in of_models]
    assert means[1][0] is not None
    assert [(each["mean"], each["patients"] / 2) for each in of_copies] == means
    first = model.models[0]
    path = "/v1/patients/{}/adherence"
    of_model = practitioner.http.get(path.format(first.person.patient_id)).get_json()["windows"]
    of_copy = lead.http.get(path.format(copied(first.person.patient_id, 9, 1))).get_json()["windows"]
    assert [each["total"] for each in of_copy] == [each["total"] for each in of_model]
    assert lead.http.get(path.format(first.person.patient_id)).status_code == 404
