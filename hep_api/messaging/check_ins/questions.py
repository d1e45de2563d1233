"""The questions of a check-in: which kinds there are, and how one is shown in somebody's language.

A question in JSON, as templates keep it: {"key", "kind", "text": {language: words}, "required", and of a scale
"least", "most", "least_label", "most_label", of a choice "choices": [{"key", "label": {language: words}}]}.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from hep_api.foundation.languages import best_language

Json = Mapping[str, Any]


class QuestionKind(StrEnum):
    """What is answered: a whole number, one or several of a few words, words of one's own, or yes or no."""

    SCALE = "scale"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    YES_NO = "yes_no"


CHOOSING = (QuestionKind.CHOICE, QuestionKind.CHOICES)


def in_language(texts: Mapping[str, str] | None, languages: Sequence[str], own: str) -> str | None:
    """Return words in the language that suits best, in their own where none does."""
    return None if texts is None else texts[best_language(texts, languages, own)]


def shown_template(content: Json, languages: Sequence[str]) -> dict[str, Any]:
    """Return what a template says in the best of the languages: title, introduction and questions."""
    own = content["language"]
    return {
        "title": in_language(content["title"], languages, own),
        "introduction": in_language(content["introduction"], languages, own),
        "questions": [_shown(question, languages, own) for question in content["questions"]],
    }


def _shown(question: Json, languages: Sequence[str], own: str) -> dict[str, Any]:
    labels = {name: in_language(question[name], languages, own) for name in ("least_label", "most_label")}
    choices = [
        {"key": each["key"], "label": in_language(each["label"], languages, own)} for each in question["choices"]
    ]
    return {**question, **labels, "text": in_language(question["text"], languages, own), "choices": choices}


def why_other(question: Json, earlier: Json) -> tuple[str, str, str] | None:
    """Return field, rule and words where a question is not the one that its key stood for in an earlier version.

    Answers to one key make one series, so its kind and its ends stay; words, labels and further choices may change.
    """
    for name in ("kind", "least", "most"):
        if question[name] != earlier[name]:
            words = f"This key stood for another {name} in an earlier version; give a changed question a new key."
            return name, "key_in_use", words
    return None
