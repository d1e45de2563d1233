"""Which language somebody gets, of those that are there."""

import pytest
from flask import Flask

from hep_api.foundation.languages import TAG, asked_languages, best_language


@pytest.mark.parametrize(
    ("there", "asked", "gets"),
    [
        (["en", "de"], ["de"], "de"),
        (["en", "de"], ["DE"], "de"),
        (["en", "de"], ["de-AT"], "de"),
        (["en", "de-CH"], ["de-AT"], "de-CH"),
        (["en", "de", "de-CH"], ["de-CH"], "de-CH"),
        (["en", "de"], ["fr", "de"], "de"),
        (["en", "de"], ["fr"], "en"),
        (["de"], [], "en"),
        ([], ["de"], "en"),
    ],
)
def test_the_dearest_language_that_is_there(there: list[str], asked: list[str], gets: str) -> None:
    assert best_language(there, asked) == gets


def test_another_fallback_can_be_named() -> None:
    assert best_language(["es", "fr"], ["it"], "es") == "es"


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("de-AT, fr;q=0.7, en;q=0.8", ["de-AT", "en", "fr"]),
        ("de;q=0, *", []),
        ("", []),
        (",".join(["en"] * 500), ["en"] * 10),
        ("\x00;;q=x", []),
    ],
)
def test_a_request_asks_by_its_header(app: Flask, header: str, asked: list[str]) -> None:
    with app.test_request_context(headers={"Accept-Language": header}):
        assert [tag for tag in asked_languages() if TAG.fullmatch(tag)] == asked


def test_outside_of_a_request_nothing_is_asked_for() -> None:
    assert asked_languages() == ()
