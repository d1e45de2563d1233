"""Red-flag phrases with characters that nobody sees or that look like others: found in every language; ordinary text
with such characters raises nothing.
"""

import sys
import unicodedata

import pytest

from hep_api.messaging.red_flags.folding import folded, has_hidden
from hep_api.messaging.red_flags.phrases import PhraseList, says_enough
from hep_api.messaging.red_flags.words import SHIPPED

EVERY = PhraseList(phrase for phrases in SHIPPED.values() for phrase in phrases)
# One of each language, as it stands in the list.
OF_LANGUAGES = ("chest pain", "no puedo respirar", "schmerzen in der brust", "veux plus vivre")

UNSEEN = {
    "zero width space": "\u200b",
    "soft hyphen": "\u00ad",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "joiner": "\u200d",
    "non-joiner": "\u200c",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "embedding": "\u202a",
    "end of embedding": "\u202c",
    "isolate": "\u2066",
    "end of isolate": "\u2069",
    "invisible times": "\u2062",
    "Mongolian separator": "\u180e",
    "Hangul filler": "\u3164",
    "half filler": "\uffa0",
    "grapheme joiner": "\u034f",
    "variation selector": "\ufe0f",
    "tag": "\U000e0041",
}
SPACES = {
    "no-break": "\u00a0",
    "narrow no-break": "\u202f",
    "em": "\u2003",
    "thin": "\u2009",
    "figure": "\u2007",
    "Ogham": "\u1680",
    "ideographic": "\u3000",
    "Braille": "\u2800",
    "line": "\n",
    "lines of Windows": "\r\n\r\n",
    "tab": "\t",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next to one without width": "\u200b \u00ad",
    "without width on both sides of a line": "\u200b\n\u200b",
}
BETWEEN = {
    "dots": "...",
    "ellipsis": "\u2026",
    "commas": ",,,",
    "dash": " \u2014 ",
    "no-break hyphen": "\u2011",
    "middle dot": "\u00b7",
    "emoji": "\U0001f494",
    "emoji with its variation": "\u2764\ufe0f",
    "emoji of a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flag of Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "hand with a tone": " \U0001f44d\U0001f3fd ",
}


def within(words: str, unseen: str) -> str:
    """Return the words with something in the middle of each."""
    return " ".join(word[: len(word) // 2] + unseen + word[len(word) // 2 :] for word in words.split())


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN.keys())
@pytest.mark.parametrize("phrase", OF_LANGUAGES)
def test_what_nobody_sees_parts_words_or_stands_within_them(phrase: str, unseen: str) -> None:
    """In the place of spaces, within words, both, and between all letters with a space that is seen."""
    for written in (
        f"so, {phrase.replace(' ', unseen)}!",
        f"so{unseen}{phrase.replace(' ', unseen)}{unseen}today",
        f"so {within(phrase, unseen)} today",
        f"{unseen}{within(phrase, unseen).replace(' ', unseen)}{unseen}",
        unseen.join(phrase),
        within(phrase, unseen * 3).upper(),
    ):
        assert phrase in EVERY.found_in(written), ascii(written)


@pytest.mark.parametrize("between", [*SPACES.values(), *BETWEEN.values()], ids=[*SPACES, *BETWEEN])
@pytest.mark.parametrize("phrase", OF_LANGUAGES)
def test_whatever_stands_between_words_parts_them(phrase: str, between: str) -> None:
    assert phrase in EVERY.found_in(phrase.replace(" ", between))
    assert phrase in EVERY.found_in(f"so{between}{phrase.replace(' ', between)}{between}today")


@pytest.mark.parametrize(
    "written",
    [
        "\uff23\uff28\uff25\uff33\uff34 \uff30\uff21\uff29\uff2e",  # full width
        "\U0001d5f0\U0001d5f5\U0001d5f2\U0001d600\U0001d601 \U0001d5fd\U0001d5ee\U0001d5f6\U0001d5fb",  # mathematical
        "\u24d2\u24d7\u24d4\u24e2\u24e3 \u24df\u24d0\u24d8\u24dd",  # in circles
        "\U0001f152\U0001f157\U0001f154\U0001f162\U0001f163 \U0001f15f\U0001f150\U0001f158\U0001f15d",  # in black ones
        "\u1d04\u029c\u1d07\ua731\u1d1b \u1d18\u1d00\u026a\u0274",  # small capitals
        "c\u0336h\u0336e\u0336s\u0336t\u0336 p\u0336a\u0336i\u0336n\u0336",  # struck through
        "c\u20ddh\u20dde\u20dds\u20ddt p\u1ab0a\u1dc4i\ufe20n",
        "\u0441h\u0435st p\u0430in",  # Cyrillic es, ie, a
        "\u0421\u041dEST P\u0410IN",
        "che\u0455t \u03c1ain",  # Cyrillic dze, Greek rho
        "chest pa\u0131n",  # of a Turkish keyboard
    ],
)
def test_letters_that_look_like_others_are_read_as_those(written: str) -> None:
    assert "chest pain" in EVERY.found_in(written)


def test_ligatures_and_strokes_are_read_as_people_type_them() -> None:
    assert PhraseList(["mal au c\u0153ur"]).found_in("MAL AU COEUR")
    assert PhraseList(["mal au coeur"]).found_in("mal au c\u0153ur")
    assert PhraseList(["b\u00f3l serca"]).found_in("bol serca")
    assert PhraseList(["k\u0142uje w sercu"]).found_in("KLUJE w sercu")


@pytest.mark.parametrize(
    "text",
    [
        "My knee is fine \u2764\ufe0f, see you on Tuesday \U0001f44d\U0001f3fd",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 walked 3 km today, no pain at all \U0001f3f4\U000e0067\U000e007f",
        "The chest\u200bpress went up to 20 kg, no\u200bpain",
        # Hyphenated by a word processor: none of these says "pus", "me tuer" or "os cassé".
        "The cam\u00adpus is closed, octo\u00adpus and cor\u00adpus",
        "les sportifs, com\u00adme tuer le temps, un repos\u00ad cass\u00e9",
        "Die Kranken\u00adgym\u00adnastik hat Alex\u00adan\u00adder gehol\u00adfen, der Ei\u00adter\u00adbach",
        "La pr\u00f3xi\u00adma se\u00adma\u00adna hago los ejer\u00adci\u00adcios sin dolor",
        "Auf\u200clage und Schaff\u200cleder sind da, die \u00dcbung geht gut",
        "\u200fשב\u200f, می\u200cکنم تمرین",
        "Мы жжём knee, дышим",
        "orchest\u200b painting",
        "chest\u00a0and\u2003pain in\u200bmy\u200btoe",
        "\u200b\u200b\u00ad\ufeff",
        "5\u00a0\u00b5g, 20\u00a0\u00b0C, \u03b1-Tocopherol",
    ],
)
def test_ordinary_text_with_such_characters_raises_nothing(text: str) -> None:
    assert EVERY.found_in(text) == set()


@pytest.mark.parametrize(
    ("phrase", "text", "stands"),
    [
        ("chest pain", "chest\u200bpain", True),
        ("chest pain", "che\u200bst\u200bpa\u200bin", True),
        ("chest pain", "chest pa in", False),  # a space that is seen parts words
        ("chest pain", "orchest\u200bpain", False),
        ("chest pain", "chest\u200bpaint", False),
        ("chest pain", "chest\u200bpain\u200bt", True),  # one reading of it does
        ("pus", "there is\u200bpus", True),
        ("pus", "cam\u00adpus", False),
        ("pus", "p\u00adus", True),
        ("suizid*", "Sui\u200bzid\u200bgedanken", True),
        ("suizid*", "Anti\u00adsuizid", False),
        ("my bowel*", "my\u200bbo\u00adwels", True),
        ("can't breathe", "can\u200b\u2019t\u200bbreathe", True),
        ("胸が痛い", "胸\u200bが\ufeff痛いです", True),
        ("жжём", "жж\u200bём,knee\nжжём", True),
        ("жжём", "kneeжжём", False),
        ("chest\u200bpain", "chest pain", True),  # the clinic's own phrase was copied from somewhere
        ("che\u00adst pain", "chest pain", True),
    ],
)
def test_all_readings_of_what_is_unseen_are_tried_and_no_other(phrase: str, text: str, stands: bool) -> None:
    assert PhraseList([phrase]).found_in(text) == ({phrase} if stands else set())


def test_every_format_character_of_unicode_is_known_but_those_that_are_drawn() -> None:
    """Signs before Arabic numbers, of Syriac, Kaithi and hieroglyphs are seen: they part words as any sign does."""
    formats = {chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"}
    drawn = {each for each in formats if not has_hidden(folded(f"a{each}b"))}
    first = ("\u0600", "\u06dd", "\u070f", "\u0890", "\u08e2", "\U000110bd", "\U000110cd", "\U00013430")
    assert drawn == {each for each in formats if any(ord(of) <= ord(each) < ord(of) + 16 for of in first)}
    assert {folded(f"a{each}b") for each in drawn} == {"a b"}


def test_nothing_that_is_unseen_makes_a_phrase_long_enough() -> None:
    assert not says_enough("\u200ba\u3164b\ufe0f*")
    assert says_enough("a\u200bbc")
