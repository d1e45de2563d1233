"""Words as the search compares them: without case, accents and punctuation, and with their near misspellings.

Two words are near when they meet after leaving out one letter of each (two in long words): a letter too many, too few,
a wrong one, or two that swapped places. The meeting points are kept with each word of a shelf, so that a typing error
costs no comparison with every word, and PostgreSQL needs no extension for it.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import IntEnum
from itertools import combinations

SHORTEST_WITH_TYPOS = 4
LONG_WORD = 9
LONGEST_WITH_TYPOS = 24
LONGEST_WORD = 64
LONGEST_TITLE = 200
# Before a whole title among the words; no folded word has it.
TITLE = "="

# "runner's" is searched as "runners".
APOSTROPHES = str.maketrans("", "", "'\u2019")
ASCII_WORD = re.compile(r"[a-z0-9]+")


class Place(IntEnum):
    """Where a word of an exercise stands; the least is the best."""

    WHOLE_NAME = 0
    NAME = 1
    SYNONYM = 2
    TOPIC = 3
    TEXT = 4


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, folded; nothing but letters and digits is left in them."""
    if text.isascii():
        return ASCII_WORD.findall(text.lower().replace("'", ""))
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(APOSTROPHES)
    letters = (letter for letter in decomposed if not unicodedata.combining(letter))
    return "".join(letter if letter.isalnum() else " " for letter in letters).split()


# Asked for, these say nothing about an exercise: they need not be found, unless nothing else was asked for. In the
# text of an exercise they are not kept. None of them is a word of the trade in another of these languages.
FILLERS = frozenset(
    words_of(
        """
    a an and are as at be by exercise exercises for from if in is it its of on or so that the then this to until when
    while with you your
    auf aus bei beim bis das dass dem den der des die ein eine einen einer eines fur ihr ihre im ist mit nicht oder
    sich sie sind ubung ubungen und vom von wie wird zu zum zur
    con de del ejercicio ejercicios el en es hasta la las lo los o para por que se sin su sus un una y
    au aux avec ce dans du elle est et exercice exercices il jusqu la le les ou par pas pour sans ses son sur une
    votre vos vous
    """
    )
)


def folded(text: str) -> str:
    """Return a text as its folded words with single spaces."""
    return " ".join(words_of(text))


def title_of(text: str) -> str:
    """Return a title, or a query that may be one, as it stands among the words."""
    return TITLE + folded(text)[:LONGEST_TITLE]


def asked_words(query: str, most: int) -> list[str]:
    """Return the words that a search has to find: each once, fillers only when there is nothing else."""
    words = list(dict.fromkeys(word[:LONGEST_WORD] for word in words_of(query)))
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
