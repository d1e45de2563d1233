"""Red-flag phrases in texts: whole words in any spelling, in any script, at a cost that nobody can drive up."""

import re
import time
from collections.abc import Callable

import pytest

from hep_api.messaging.red_flags.phrases import PhraseList, says_enough
from hep_api.messaging.red_flags.words import SHIPPED

EVERY = PhraseList(phrase for phrases in SHIPPED.values() for phrase in phrases)


def found(phrase: str, text: str) -> bool:
    return PhraseList([phrase]).found_in(text) == {phrase}


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("chest pain", "I have chest pain"),
        ("chest pain", "CHEST   Pain!!"),
        ("chest pain", "chest\n\tpain, since noon"),
        ("chest pain", "chest-pain"),
        ("chest pain", "(chest_pain)"),
        ("Chest  Pain.", "chest pain"),
        ("chest pain", "\uff43\uff48\uff45\uff53\uff54\u3000\uff50\uff41\uff49\uff4e"),
        ("chest pain", "\U0001d402\U0001d421\U0001d41e\U0001d42c\U0001d42d \U0001d429\U0001d41a\U0001d422\U0001d427"),
        ("chest pain", "ché\u0301st pa\u200bin"),
        ("chest pain", "no chest pain at all"),  # what is meant is not guessed
        ("can't breathe", "I can\u2019t breathe"),
        ("can't breathe", "I cant breathe"),
        ("cant breathe", "I can't breathe"),
        ("j'étouffe", "J\u2019ETOUFFE"),
        ("étouffe", "j'étouffe"),
        ("engegefühl", "Engegefuehl"),
        ("engegefühl", "Engegefuhl"),
        ("heiß", "HEISS"),
        ("suizid*", "Suizidgedanken"),
        ("control of my bowel*", "lost control of my bowels"),
        ("προσωπο", "το πρόσωπό μου"),
        ("胸が痛い", "今日は胸が痛いです"),
        ("เจ็บหน้าอก", "ฉันเจ็บหน้าอกมาก"),
        ("seno 3", "seno 3"),
    ],
)
def test_a_phrase_is_found_however_it_is_written(phrase: str, text: str) -> None:
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("chest pain", "orchest painting"),
        ("chest pain", "pain in my chest"),
        ("chest pain", "chest and pain"),
        ("pus", "push"),
        ("suizid*", "xsuizid"),
        ("胸が痛い", "胸は痛くない"),
        ("*", "anything"),
        ("...", "anything ..."),
        ("chest pain", ""),
    ],
)
def test_other_words_are_not(phrase: str, text: str) -> None:
    assert not found(phrase, text)


def test_a_phrase_has_three_letters_or_digits_at_least() -> None:
    enough = ("pus", "a b c", "112", "Ёж!к", "胸痛", "자살", "ความ", "é*tat")
    assert [phrase for phrase in enough if not says_enough(phrase)] == []
    too_few = ("a*", "a", "ab", "A. B.", "*", "", "é\u0301e", "\u200ba\u200bb\u200b", "\uff41\uff42", "痛", "ก็")
    assert [phrase for phrase in too_few if says_enough(phrase)] == []


def test_all_phrases_that_stand_there_are_found_as_they_were_written() -> None:
    listed = PhraseList(["Chest pain", "numb*", "chest"])
    assert listed.found_in("chest pain and numbness") == {"Chest pain", "numb*", "chest"}


def test_every_shipped_phrase_finds_itself_and_stands_there_once() -> None:
    for language, phrases in SHIPPED.items():
        assert len(set(phrases)) == len(phrases), language
        for phrase in phrases:
            assert phrase in EVERY.found_in(f"Well, {phrase.rstrip('*').upper()}.") | EVERY.found_in(phrase), phrase


@pytest.mark.parametrize(
    "text",
    [
        "My knee is fine, thanks, see you on Tuesday!",
        "I can't see the video, it is broken. Can you send it again?",
        "No veo el video del ejercicio, ¿está roto?",
        "Ich kann am Dienstag nicht sprechen, das Theraband ist gebrochen.",
        "La vidéo ne marche plus, je ne peux pas parler ce soir.",
        "My chest press went up to 20 kg, no pain. The push ups are hard, the passage is clear.",
        "",
        "👍🏽",
    ],
)
def test_everyday_messages_hold_no_shipped_phrase(text: str) -> None:
    assert EVERY.found_in(text) == set()


@pytest.mark.parametrize(
    "make",
    [
        lambda: "My knee is fine, it's ok thanks. " * 121,
        lambda: "chest suici can't é " * 200,
        lambda: "\ufdfa" * 4000,
        lambda: "a\u0301" * 2000,
        lambda: "'" * 4000,
    ],
    ids=["plain", "beginnings", "ligatures", "accents", "apostrophes"],
)
def test_the_longest_message_against_five_hundred_phrases_is_looked_through_at_once(make: Callable[[], str]) -> None:
    listed = PhraseList([*(f"chest {n} pain" for n in range(400)), *(f"suici{n}*" for n in range(100))])
    text = make()[:4000]
    began = time.process_time()
    listed.found_in(text)
    assert time.process_time() - began < 0.25, re.sub(r"(?s)(.{20}).*", r"\1", text)
