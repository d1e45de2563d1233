"""What practitioners say for what an exercise is called: abbreviations, brands, names of people, other languages.

`practitioners_words.json` holds phrases that mean the same, and words for the vocabulary's regions, joints, goals,
positions and equipment. They are worked in when an exercise is indexed, so a search has no more to look for.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from hep_api.library.words import folded, words_of

FILE = Path(__file__).with_suffix(".json")


@cache
def version() -> str:
    """Return a digest that changes with the file: what was indexed with another one is indexed again."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]


def other_titles(titles: Iterable[str]) -> Iterator[str]:
    """Yield folded titles with one phrase put in another's place: "slr with a band" for a straight leg raise."""
    for title in titles:
        words = title.split()
        for start, phrase in _phrases_in(words):
            for other in _same()[phrase]:
                yield " ".join((*words[:start], *other, *words[start + len(phrase) :]))


def words_of_topic(topic: str) -> Sequence[str]:
    """Return the folded words of a vocabulary's word, and of what else it is called."""
    return _topics().get(topic) or words_of(topic)


def _phrases_in(words: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for start, word in enumerate(words):
        for phrase in _by_first_word().get(word, ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                yield start, phrase


@cache
def _read() -> dict[str, dict[str, list[str]] | list[list[str]]]:
    read: dict[str, dict[str, list[str]] | list[list[str]]] = json.loads(FILE.read_text("utf-8"))
    return read


@cache
def _same() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Return for each phrase, in words, the others that mean the same."""
    same: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for group in _read()["same"]:
        phrases = list(dict.fromkeys(tuple(words_of(phrase)) for phrase in group))
        for phrase in phrases:
            same[phrase] += [other for other in phrases if other != phrase]
    return dict(same)


@cache
def _by_first_word() -> dict[str, list[tuple[str, ...]]]:
    phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for phrase in _same():
        phrases[phrase[0]].append(phrase)
    return dict(phrases)


@cache
def _topics() -> dict[str, list[str]]:
    topics = _read()["topics"]
    assert isinstance(topics, dict)
    return {topic: folded(" ".join((topic, *others))).split() for topic, others in topics.items()}
