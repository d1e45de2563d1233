"""What is said in the demo clinic's conversations. As whom, and how far it is read, is decided by `talking`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One message: whether the patient says it, and the words."""

    by_patient: bool
    words: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation whose last word fell so many hours before the seeding."""

    hours_ago: int
    said: tuple[Said, ...]


def _answered(days_ago: int, *words: str) -> Talk:
    """Make a talk that the patient begins, each speaking in turn."""
    return Talk(days_ago * 24, tuple(Said(place % 2 == 0, each) for place, each in enumerate(words)))


def _waiting(hours_ago: int, words: str) -> Talk:
    """Make a talk whose last word is the patient's, unanswered."""
    welcome = Said(by_patient=False, words="Welcome! Write to me here when anything is unclear or hurts.")
    return Talk(hours_ago, (welcome, Said(by_patient=True, words=words)))


# In the order in which the cast has patients who wrote and were answered.
ANSWERED = (
    _answered(
        9,
        "Hello, is it normal that my knee clicks on the stairs?",
        "Hello! A click without pain is harmless. Tell me if it starts to hurt.",
        "Good to know, thank you.",
    ),
    _answered(6, "May I swim again?", "Yes, breaststroke can wait another two weeks. Everything else is fine."),
    _answered(
        4,
        "I did everything twice today, it felt so good!",
        "I can see that. Please stay with the plan: the day after is when it tells.",
        "You were right, I am sore today.",
        "Take tomorrow off then, and start again gently on the day after.",
    ),
    _answered(
        20,
        "I am through with the first plan. What now?",
        "Well done! I have put together a second one, for strength.",
        "I have it on my phone. Thank you!",
    ),
    _answered(35, "We are on holiday for two weeks.", "Enjoy it. I have paused the plan until you are back."),
    _answered(
        11,
        "Which band do I take, the red one?",
        "The red one. If fifteen repetitions feel easy, tell me and you get the green one.",
        "They do.",
        "Green from Monday on, then.",
    ),
    _answered(
        3,
        "I can stand on one leg for half a minute now.",
        "That is a big step. Close your eyes for the last ten seconds.",
    ),
)

# In the order in which the cast has patients who wait for an answer.
WAITING = (
    _waiting(16, "The hip is stiff in the evening. Shall I go on?"),
    _waiting(41, "I was dizzy when I stood up after the exercises."),
    _waiting(62, "I have not done anything for weeks, the headaches got worse. I do not know what to do."),
    _waiting(5, "Could I have an appointment before Friday?"),
    _waiting(27, "Do I hold my breath when I lift, or not?"),
    _waiting(98, "I stopped because of the pain. Can somebody call me?"),
)
