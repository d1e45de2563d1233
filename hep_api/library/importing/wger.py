"""The format of wger (github.com/wger-project/wger), as its API lists it under `exerciseinfo`, in our words.

A file is one such page (`{"results": [...]}`), several of them in a list, or the bare list of exercises. Texts are HTML
there: each paragraph and each point of a list becomes a step. Pictures and videos are addresses of other servers; those
are not fetched.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from hep_api.foundation.errors import FieldError
from hep_api.foundation.web.refusals import problem_from
from hep_api.library.importing.markup import plain_text, steps_of
from hep_api.library.importing.problems import Collected
from hep_api.library.importing.wger_entries import WgerExerciseIn
from hep_api.library.vocabulary import BodyRegion, Difficulty, Equipment, Goal

SOURCE = "wger"
# Of those that its API numbers; it names them in full only in newer versions.
LANGUAGES = dict(enumerate(("de", "en", "bg", "es", "ru", "nl", "pt", "el", "cs", "sv", "no", "fr", "it"), start=1))
LICENCES = {1: "CC-BY-SA-3.0", 2: "CC-BY-SA-4.0", 3: "CC0-1.0", 4: "CC-BY-4.0"}
REGION_OF_MUSCLE = {
    1: BodyRegion.ELBOW_WRIST_HAND,
    2: BodyRegion.SHOULDER,
    3: BodyRegion.SHOULDER,
    4: BodyRegion.SHOULDER,
    5: BodyRegion.ELBOW_WRIST_HAND,
    6: BodyRegion.BACK,
    7: BodyRegion.ANKLE_FOOT,
    8: BodyRegion.HIP,
    9: BodyRegion.SHOULDER,
    10: BodyRegion.KNEE,
    11: BodyRegion.KNEE,
    12: BodyRegion.SHOULDER,
    13: BodyRegion.ELBOW_WRIST_HAND,
    14: BodyRegion.BACK,
    15: BodyRegion.ANKLE_FOOT,
    16: BodyRegion.BACK,
}
REGION_OF_CATEGORY = {
    "abs": BodyRegion.BACK,
    "arms": BodyRegion.ELBOW_WRIST_HAND,
    "back": BodyRegion.BACK,
    "calves": BodyRegion.ANKLE_FOOT,
    "chest": BodyRegion.SHOULDER,
    "legs": BodyRegion.KNEE,
    "shoulders": BodyRegion.SHOULDER,
}
CARDIO = "cardio"
UNSAID: dict[str, Any] = {"summary": "", "mistakes": [], "precautions": [], "contraindications": []}
EQUIPMENT = {
    1: Equipment.BARBELL,
    2: Equipment.BARBELL,
    3: Equipment.WEIGHT,
    4: Equipment.MAT,
    5: Equipment.EXERCISE_BALL,
    6: Equipment.OTHER,
    7: None,
    8: Equipment.OTHER,
    9: Equipment.OTHER,
    10: Equipment.KETTLEBELL,
    11: Equipment.BAND,
}


def exercises_of(parsed: Any) -> list[Any] | None:
    """Return the entries of a file, in order; None when it is no file of this format."""
    pages = parsed if isinstance(parsed, list) else [parsed]
    if all(isinstance(page, dict) and isinstance(page.get("results"), list) for page in pages):
        return [entry for page in pages for entry in page["results"]]
    return parsed if isinstance(parsed, list) else None


def collect(entries: Sequence[Any]) -> Collected:
    """Return the entries in our words; a wrong one is noted and holds up no other."""
    found = Collected(read=len(entries))
    for number, entry in enumerate(entries, start=1):
        try:
            loaded = WgerExerciseIn().load(entry)
        except ValidationError as error:
            found.refuse(number, _named(entry), problem_from(error).errors)
            continue
        texts = _texts_by_language(loaded, found, number)
        if texts:
            found.take(number, str(loaded["uuid"]), _content(loaded, texts, found, number))
    return found


def _named(entry: Any) -> Any:
    """Return an entry under the first of its names, for those who read what is wrong with it."""
    if not isinstance(entry, dict):
        return entry
    texts = entry.get("translations", entry.get("exercises"))
    names = [each.get("name") for each in texts if isinstance(each, dict)] if isinstance(texts, list) else []
    return {**entry, "name": next(iter(names), None)}


def _texts_by_language(entry: Mapping[str, Any], found: Collected, number: int) -> dict[str, dict[str, Any]]:
    """Return the texts by language, empty when none of them is known, which refuses the entry."""
    texts: dict[str, dict[str, Any]] = {}
    unknown = []
    for each in entry["translations"]:
        language = LANGUAGES.get(each["language"])
        if language is None:
            unknown.append(str(each["language"]))
        else:
            texts.setdefault(language, each)
    name, numbers = entry["translations"][0]["name"], ", ".join(unknown)
    if not texts:
        words = f"Its only languages have the numbers {numbers}, which are not known here."
        found.refuse(number, {"name": name}, [FieldError("/translations", "unknown_language", words)])
    elif unknown:
        words = f"texts in the languages no. {numbers} are left out: which these are is not known here"
        found.remark(number, name, "unknown_language", words)
    return texts


def _content(
    entry: Mapping[str, Any], texts: Mapping[str, Mapping[str, Any]], found: Collected, number: int
) -> dict[str, Any]:
    language = "en" if "en" in texts else next(iter(texts))
    base = texts[language]
    steps = {tag: steps_of(each["description"] or "") for tag, each in texts.items()}
    muscles = [*entry["muscles"], *entry["muscles_secondary"]]
    is_cardio = (entry["category"]["name"] or "").casefold() == CARDIO
    return {
        **_worded(base, steps[language]),
        "language": language,
        "translations": _translations(texts, steps, language, found, number),
        **UNSAID,
        "body_region": _region(entry, is_cardio=is_cardio),
        "joints": [],
        "goals": [Goal.ENDURANCE if is_cardio else Goal.STRENGTH],
        "position": None,
        "equipment": list(dict.fromkeys(tool for tool in map(_tool, entry["equipment"]) if tool)),
        "sides": 1,
        "difficulty": Difficulty.MODERATE,
        "default_dose": None,
        "default_schedule": None,
        "tags": list(dict.fromkeys(_tag(muscle["name"]) for muscle in muscles if muscle["name"]))[:20],
        "licence": _licence(entry["license"]),
        "author": _first_line(base["license_author"] or entry["license_author"] or "")[:200],
        "source_url": None,
    }


def _worded(texts: Mapping[str, Any], steps: Sequence[str]) -> dict[str, Any]:
    """Return what the texts of a language say; comments become cues, other names synonyms."""
    cues = [_first_line(plain_text(note["comment"] or "")) for note in texts["notes"]]
    names = [_first_line(alias["alias"] or "")[:60] for alias in texts["aliases"]]
    return {
        "name": " ".join(texts["name"].split()),
        "steps": list(steps),
        "cues": [cue for cue in cues if cue][:10],
        "synonyms": list(dict.fromkeys(name for name in names if name))[:20],
    }


def _translations(
    texts: Mapping[str, Mapping[str, Any]],
    steps: Mapping[str, Sequence[str]],
    language: str,
    found: Collected,
    number: int,
) -> dict[str, dict[str, Any]]:
    """Return the other languages' texts whose steps are those of the first; two readers must see the same number."""
    kept = {}
    for tag, each in texts.items():
        if tag == language:
            continue
        if len(steps[tag]) != len(steps[language]):
            words = f"its texts in {tag!r} are left out: {len(steps[tag])} steps in place of {len(steps[language])}"
            found.remark(number, texts[language]["name"], "other_steps", words)
            continue
        worded = _worded(each, steps[tag])
        kept[tag] = {**worded, **UNSAID, "author": _first_line(each["license_author"] or "")[:200]}
    return kept


def _region(entry: Mapping[str, Any], *, is_cardio: bool) -> BodyRegion:
    if is_cardio:
        return BodyRegion.WHOLE_BODY
    regions = (REGION_OF_MUSCLE.get(muscle["id"]) for muscle in entry["muscles"])
    of_category = REGION_OF_CATEGORY.get((entry["category"]["name"] or "").casefold(), BodyRegion.WHOLE_BODY)
    return next((region for region in regions if region), of_category)


def _tool(equipment: Mapping[str, Any]) -> Equipment | None:
    return EQUIPMENT.get(equipment["id"], Equipment.OTHER)


def _tag(muscle: str) -> str:
    return "_".join(re.findall(r"[a-z]+", muscle.casefold()))[:60]


def _licence(licence: Mapping[str, Any] | None) -> str:
    if licence is None:
        return ""
    return LICENCES.get(licence["id"]) or " ".join((licence["short_name"] or "").split())


def _first_line(text: str) -> str:
    return " ".join(text.split())[:500].strip()
