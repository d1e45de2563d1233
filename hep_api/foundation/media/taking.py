"""Which files one place of the product takes, and how what is none of them is refused: before much of it has come, by
what its sender declares, by its size, and by its first bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.foundation.errors import Problem, invalid_field
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.sniffing import MediaKind, MediaType, declared_type, sniff
from hep_api.foundation.settings import Settings


@dataclass(frozen=True, slots=True)
class Taken:
    """What one place takes: types, how large each kind may be, and how a sender is told so."""

    types: tuple[MediaType, ...]
    most_bytes: Mapping[MediaKind, int]
    words: str

    def declared(self, declared: str, pointer: str) -> MediaType:
        """Return the type that a sender declares; 422 naming `pointer` for one that is not taken."""
        found = declared_type(declared)
        if found not in self.types:
            raise invalid_field(pointer, "media_type", self.words)
        return found

    def refuse_lies(self, head: bytes, declared: MediaType, pointer: str) -> None:
        """Refuse with 422 what does not begin like the type that its sender declares."""
        found = [known for known in sniff(head) if known in self.types]
        if not found:
            raise invalid_field(pointer, "media_type", self.words)
        if declared not in found:
            words = f"It is declared as {declared.content_type} and is {found[0].content_type}."
            raise invalid_field(pointer, "declared_type", words)

    def refuse_size(self, size: int, kind: MediaKind, pointer: str) -> None:
        """Refuse an empty file with 422 and one over the limit of its kind with 413."""
        if size < 1:
            raise invalid_field(pointer, "size", "The file is empty.")
        most = self.most_bytes[kind]
        if size > most:
            words = f"A {kind.value} may have {most} bytes; this one has {size}."
            raise Problem("too_large", 413, words, errors=invalid_field(pointer, "size", words).errors)

    @property
    def most_of_all(self) -> int:
        """The size of the largest file that may come."""
        return max(self.most_bytes[known.kind] for known in self.types)


def limits_of(settings: Settings) -> dict[MediaKind, int]:
    """Return how many bytes a file of each kind may have."""
    return {
        MediaKind.PICTURE: settings.media_picture_bytes,
        MediaKind.VIDEO: settings.media_video_bytes,
        MediaKind.VOICE: settings.media_voice_bytes,
        MediaKind.DOCUMENT: settings.media_document_bytes,
    }


def as_refusal(broken: BrokenMedia, pointer: str) -> Problem:
    """Return the 422 for what could not be read."""
    return invalid_field(pointer, broken.rule, broken.words)
