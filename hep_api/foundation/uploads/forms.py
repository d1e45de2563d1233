"""A file that comes whole, in one form: read and judged before anything of it is kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from marshmallow import Schema

from hep_api.foundation.media import documents, keeping, pictures
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.pictures import Picture
from hep_api.foundation.media.sniffing import HEAD_BYTES, MediaType
from hep_api.foundation.media.taking import Taken, as_refusal
from hep_api.foundation.web.doors import load
from hep_api.foundation.web.receiving import form

POINTER = "/file"


@dataclass(frozen=True, slots=True)
class SentFile:
    """What a form has brought: its fields, and a file that is what it says; `name` is its sender's, and not checked."""

    fields: dict[str, Any]
    kind: MediaType
    size: int
    content: IO[bytes]
    sha256: str
    name: str


def read_form(schema: Schema, taken: Taken) -> SentFile:
    """Read the request's form.

    Errors: 413 over the limit of its kind; 415 for no form; 422 naming `/file`, or a field.
    """
    sent, told = form()
    fields = load(schema, told)
    kind = taken.declared(sent.content_type or "", POINTER)
    head = sent.stream.read(HEAD_BYTES)
    size = sent.stream.seek(0, 2)
    taken.refuse_size(size, kind.kind, POINTER)
    taken.refuse_lies(head, kind, POINTER)
    return SentFile(fields, kind, size, sent.stream, keeping.digest_of(sent.stream), sent.filename or "")


def remade(sent: SentFile) -> Picture:
    """Make a clean picture of what was sent; 422 when it cannot be read."""
    with _refusing():
        return pictures.remake(sent.content, sent.kind)


def refuse_acting(sent: SentFile) -> None:
    """Refuse with 422 a PDF in which something acts by itself."""
    with _refusing():
        documents.refuse_acting(sent.content)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except BrokenMedia as broken:
        raise as_refusal(broken, POINTER) from None
