"""Words as the search compares them: without case, accents and punctuation, and with their near misspellings.

Two words are near when they meet after leaving out one letter of each (two in long words): a letter too many, too few,
a wrong one, or two that swapped places. The meeting points are kept with the exercise, so that a typing error costs no
comparison with every word, and PostgreSQL needs no extension for it.
"""

import unicodedata
from collections.abc import Iterable
from itertools import combinations

SHORTEST_WITH_TYPOS = 4
LONG_WORD = 9
LONGEST_WITH_TYPOS = 24
LONGEST_ASKED = 64

# "runner's" is searched as "runners".
APOSTROPHES = str.maketrans("", "", "'\u2019")

# Asked for, these say nothing about an exercise: they need not be found, unless nothing else was asked for.
FILLERS = frozenset(
    ["a", "an", "and", "at", "exercise", "exercises", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, folded; nothing but letters and digits is left in them."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(APOSTROPHES)
    letters = (letter for letter in decomposed if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in letters).split()


def folded(text: str) -> str:
    """Return a text as its folded words with single spaces."""
    return " ".join(words_of(text))


def asked_words(query: str, most: int) -> list[str]:
    """Return the words that a search has to find: each once, fillers only when there is nothing else."""
    words = list(dict.fromkeys(word[:LONGEST_ASKED] for word in words_of(query)))
    return ([word for word in words if word not in FILLERS] or words)[:most]


def near_spellings(word: str) -> set[str]:
    """Return the word and what is left of it without one letter, without two if it is long; empty for short words."""
    if not SHORTEST_WITH_TYPOS <= len(word) <= LONGEST_WITH_TYPOS:
        return set()
    most_left_out = 2 if len(word) >= LONG_WORD else 1
    return {
        "".join(letter for place, letter in enumerate(word) if place not in left_out)
        for count in range(most_left_out + 1)
        for left_out in combinations(range(len(word)), count)
    }


def near_spellings_of(words: Iterable[str]) -> set[str]:
    return {spelling for word in words for spelling in near_spellings(word)}
