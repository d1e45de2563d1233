"""How words are folded, and which misspellings are near."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hep_api.library.words import asked_words, folded, near_spellings, words_of

LETTERS = "abcdefgh"
WORDS = st.text(LETTERS, min_size=4, max_size=14)
LONG_WORDS = st.text(LETTERS, min_size=10, max_size=14)
EDITS = st.tuples(st.sampled_from(["drop", "add", "replace", "swap"]), st.integers(0, 100), st.sampled_from(LETTERS))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sit to Stand", ["sit", "to", "stand"]),
        ("Élévation  du GENOU", ["elevation", "du", "genou"]),
        ("runner's / runner\u2019s", ["runners", "runners"]),
        ("knee_osteoarthritis", ["knee", "osteoarthritis"]),
        ("half-kneeling, 90/90", ["half", "kneeling", "90", "90"]),
        ("Straße", ["strasse"]),
        ("100% ' \" \\ : * & | ! ( )", ["100"]),
        ("", []),
    ],
)
def test_words_lose_case_accents_and_punctuation(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    assert folded(text) == " ".join(words)


def test_filler_words_need_not_be_found() -> None:
    assert asked_words("Exercises for the knee", 8) == ["knee"]


def test_filler_words_count_when_there_is_nothing_else() -> None:
    assert asked_words("the", 8) == ["the"]


def test_each_asked_word_counts_once_and_only_so_many_do() -> None:
    assert asked_words("hip HIP knee ankle foot", 3) == ["hip", "knee", "ankle"]


def test_an_endless_word_is_cut() -> None:
    assert asked_words("x" * 500, 8) == ["x" * 64]


@given(WORDS, EDITS)
def test_one_slip_leaves_a_word_near(word: str, edit: tuple[str, int, str]) -> None:
    assert near_spellings(word) & near_spellings(slip(word, edit)) or len(slip(word, edit)) < 4


@given(LONG_WORDS, EDITS, EDITS)
def test_two_slips_leave_a_long_word_near(word: str, first: tuple[str, int, str], second: tuple[str, int, str]) -> None:
    misspelt = slip(slip(word, first), second)
    assume(len(misspelt) >= 9)
    assert near_spellings(word) & near_spellings(misspelt)


@pytest.mark.parametrize(("one", "other"), [("bridge", "plank"), ("squat", "squeeze"), ("calf", "clam")])
def test_other_words_are_not_near(one: str, other: str) -> None:
    assert not near_spellings(one) & near_spellings(other)


@pytest.mark.parametrize("word", ["", "hip", "slr", "x" * 25])
def test_short_and_endless_words_are_taken_as_they_stand(word: str) -> None:
    assert near_spellings(word) == set()


def slip(word: str, edit: tuple[str, int, str]) -> str:
    """Return the word with one typing error."""
    kind, where, letter = edit
    place = where % len(word)
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "add":
        return word[:place] + letter + word[place:]
    if kind == "replace":
        return word[:place] + letter + word[place + 1 :]
    place = where % (len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
