"""The one refusal of the media: what was sent is not what can be shown, with a stable rule and words for its sender."""


class BrokenMedia(Exception):
    """`rule` is for a program, `words` for a person."""

    def __init__(self, rule: str, words: str) -> None:
        super().__init__(f"{rule}: {words}")
        self.rule = rule
        self.words = words
