"""What the translations of the starter set keep to, whichever there are: the shape of the English, and no gaps."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hep_api.foundation.languages import FALLBACK, WRITTEN
from hep_api.library import starter_set, starter_translations

FILES = sorted(starter_translations.FOLDER.glob("*/*.json"))
ENTRIES = {entry["key"]: entry for entry in starter_set.read_starter_set()}
LISTS = ("steps", "cues", "mistakes", "precautions", "contraindications")
FIELDS = {"name", "summary", "synonyms", *LISTS}


def test_only_languages_that_the_product_writes_are_there_and_only_regions_that_it_has() -> None:
    regions = {file.stem for file in starter_set.FOLDER.glob("*.json")}
    assert {file.parent.name for file in FILES} <= set(WRITTEN) - {FALLBACK}
    assert {file.stem for file in FILES} <= regions


def test_each_translation_has_the_shape_of_its_exercise() -> None:
    wrong = [
        f"{file.parent.name}, {key}: {what}"
        for file in FILES
        for key, texts in json.loads(file.read_text("utf-8")).items()
        for what in wrong_with(texts, ENTRIES.get(key), file.stem)
    ]
    assert wrong == []


def wrong_with(texts: dict[str, Any], english: dict[str, Any] | None, region: str) -> Iterator[str]:
    """Yield what is wrong with a translation."""
    if english is None or english["body_region"] != region:
        yield "there is no such exercise in this region"
        return
    if set(texts) != FIELDS:
        yield f"has {sorted(set(texts) ^ FIELDS)} too much or too little"
        return
    for field in LISTS:
        if len(texts[field]) != len(english[field]):
            yield f"has {len(texts[field])} {field}, and not {len(english[field])}"
    lines = [texts["name"], texts["summary"], *(line for field in LISTS for line in texts[field])]
    if not all(line.strip() for line in lines):
        yield "has an empty line"
    # Left in English, it would read as translated.
    if texts["summary"] == english["summary"] or set(texts["steps"]) & set(english["steps"]):
        yield "is not translated in full"


def test_no_two_exercises_of_a_language_have_one_name() -> None:
    names = Counter(
        (language, texts["name"].casefold())
        for translations in starter_translations.read_translations().values()
        for language, texts in translations.items()
    )
    assert [name for name, count in names.items() if count > 1] == []
