"""The one refusal of the media: what was sent is not what can be shown, with a stable rule and words for its sender."""


class BrokenMedia(Exception):
    """`rule` is for a program, `words` for a person."""

    def __init__(self, rule: str, words: str) -> None:
        super().__init__(f"{rule}: {words}")
        self.rule = rule
        self.words = words


NOT_TAKEN = "Send a JPEG, PNG or WebP picture, or an MP4 or WebM video."


def not_taken() -> BrokenMedia:
    """Return the refusal of a type that we do not take, or of what is no media at all."""
    return BrokenMedia("media_type", NOT_TAKEN)
