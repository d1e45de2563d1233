"""What a new password must not be: common, or made of what anybody would try. Nothing else is asked of it."""

from uuid import UUID

import pytest

from hep_api.accounts import choosing
from hep_api.accounts.passwords import Credentials, Passwords, normal_form
from hep_api.foundation.errors import Problem
from tests.accounts.test_signing_in import CountingHasher

EMAIL, NAMES = "anna.kowalska@example.org", ("Anna Maria Kowalska", "Riverside Physio")


def rule_of(password: str) -> str | None:
    """Return the rule that a password breaks; None when it may be chosen."""
    try:
        choosing.refuse_weak(password, EMAIL, NAMES)
    except Problem as problem:
        return problem.errors[0].rule
    return None


@pytest.mark.parametrize(
    "password",
    [
        "aaaabbbbcccc",
        "no capitals no digits",
        "8273648261",
        "!!!!!!!!!!!!",
        "пароль мой",
        "🏋️🏋️🏋️🏋️",
        "anna and the red bicycle",
        "x" * 128,
        "only8let",
    ],
)
def test_whatever_is_long_enough_and_not_known_may_be_chosen(password: str) -> None:
    assert rule_of(password) is None


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("seven77", "length"),
        ("x" * 129, "length"),
        ("u\u0308" * 7, "length"),
        ("password", "common"),
        ("PassWord1", "common"),
        ("qwertyuiop", "common"),
        ("1234567890", "common"),
        (EMAIL, "own"),
        ("anna.kowalska", "own"),
        ("AnnaKowalska1980", "own"),
        ("kowalska!!", "own"),
        ("Maria-Anna-77", "own"),
        ("riverside1", "own"),
        ("Riverside Physio", "own"),
        ("physiotherapy", "own"),
        ("\uff41\uff4e\uff4e\uff411980", "own"),
    ],
)
def test_what_others_would_guess_is_refused_by_its_rule(password: str, rule: str) -> None:
    assert rule_of(password) == rule


def test_the_list_holds_at_least_the_three_thousand_most_common_and_names_its_source() -> None:
    common = choosing.common_passwords()
    assert len(common) > 10_000
    assert all(8 <= len(each) <= 128 and each == each.casefold() for each in common)
    head = choosing.COMMON.read_text()[:1000]
    assert "zxcvbn" in head
    assert "MIT License" in head


def test_two_ways_of_typing_a_letter_are_one_password() -> None:
    hasher = Passwords(CountingHasher(), 1)
    composed, apart = "müde füße", "mu\u0308de fu\u0308ße"
    assert composed != apart
    assert normal_form(apart) == composed
    known = Credentials(UUID(int=1), hasher.make_hash(apart), 1)
    assert hasher.prove(known, composed).account_id == known.account_id
