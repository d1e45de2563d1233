"""The hottest reads find what they look for by an index that begins with the clinic, whatever grows beside them."""

import pytest
from flask import Flask

from bench.copies import LARGE
from bench.plans import READS, SHAPE, Patient, Read, explain, looked_up_by, tables_read_whole, upload
from tests.plans import making
from tests.world import World

# A few rows are read faster without an index; what matters is which index there is to read by.
WITHOUT_WHOLE_TABLES = ("enable_seqscan = off",)


@pytest.fixture(scope="module")
def patient(app: Flask) -> Patient:
    world = World(app)
    lead = world.practitioner(world.clinic())
    person = world.patient(lead)
    (prescription_id,) = making.running_plan(lead, person, since_days=10)
    patient = Patient(person, prescription_id, lead)
    assert upload(patient).status_code == 200
    return patient


@pytest.mark.parametrize("read", READS, ids=lambda read: read.name)
def test_a_hot_read_stands_on_its_indexes(app: Flask, patient: Patient, read: Read) -> None:
    engine = app.extensions["hep_database"].engine
    plan = explain(engine, read, patient, SHAPE, first=WITHOUT_WHOLE_TABLES)
    assert not tables_read_whole(plan) & set(LARGE)
    looked_up = looked_up_by(plan, LARGE)
    assert looked_up
    for index, condition in looked_up.items():
        assert all(key in condition for key in read.keys), f"{index}: {condition}"
