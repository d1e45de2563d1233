"""The table of OWASP ASVS says how each requirement is met, leaves none out, and names only what is there."""

from collections import Counter

import pytest

from development import asvs
from development.asvs import HOST, MET, NOT_APPLICABLE, PARTLY, STATUSES, Requirement
from tests.security import named

WRITTEN = [requirement for chapter in asvs.chapters() for requirement in chapter.requirements]
# As OWASP counts its standard (0x03-Using-ASVS.md): a list with a number mistyped would not add up to these.
BY_LEVEL = {1: 70, 2: 183, 3: 92}


def test_the_list_of_the_standard_is_whole() -> None:
    assert Counter(asvs.levels().values()) == BY_LEVEL


def test_every_requirement_of_both_levels_is_answered_once_and_in_order() -> None:
    asked = [identifier for identifier, level in asvs.levels().items() if level in asvs.LEVELS]
    assert [requirement.id for requirement in WRITTEN] == asked
    for chapter in asvs.chapters():
        assert {requirement.chapter for requirement in chapter.requirements} == {chapter.number}


@pytest.mark.parametrize("requirement", WRITTEN, ids=lambda requirement: requirement.id)
def test_what_is_named_is_there(requirement: Requirement) -> None:
    assert [test for test in requirement.tests if not named.is_test(test)] == []
    assert set(requirement.settings) <= named.settings()
    assert [document for document in requirement.documents if not (named.ROOT / document).is_file()] == []


@pytest.mark.parametrize("requirement", WRITTEN, ids=lambda requirement: requirement.id)
def test_the_status_is_borne_out(requirement: Requirement) -> None:
    shown = requirement.tests + requirement.settings + requirement.documents
    assert requirement.status in STATUSES
    assert requirement.about
    assert bool(requirement.missing) is (requirement.status == PARTLY)
    assert bool(requirement.reason) is (requirement.status in (HOST, NOT_APPLICABLE))
    assert shown or requirement.status != MET


def test_the_document_is_what_the_data_says() -> None:
    assert asvs.DOCUMENT.read_text() == asvs.render(), "Run `make evidence`."


def test_no_sentence_of_the_standard_is_copied() -> None:
    """They are long and begin alike; ours are short."""
    assert max(len(requirement.about) for requirement in WRITTEN) < 100
    assert not [requirement.id for requirement in WRITTEN if requirement.about.lower().startswith("verify")]
