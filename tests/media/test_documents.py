"""PDFs are looked into: what acts by itself is refused, and one that is made to take long takes no longer."""

import io

import pytest

from hep_api.foundation.media import documents
from hep_api.foundation.media.broken import BrokenMedia
from tests.media.documents import ACTING, HONEST, SCRIPT, pdf, stream


def test_an_honest_document_passes() -> None:
    documents.refuse_acting(io.BytesIO(HONEST))
    documents.refuse_acting(io.BytesIO(pdf(b"<< /Names [(EmbeddedFiles)] /JavaScriptX true >>")))


@pytest.mark.parametrize("what", ACTING)
def test_what_acts_by_itself_is_refused(what: str) -> None:
    content, rule = ACTING[what]
    with pytest.raises(BrokenMedia) as refused:
        documents.refuse_acting(io.BytesIO(content))
    assert refused.value.rule == rule


def test_a_script_is_found_wherever_it_lies_in_what_unpacks() -> None:
    for before in range(4 * 1024**2 - 40, 4 * 1024**2, 7):
        with pytest.raises(BrokenMedia):
            documents.refuse_acting(io.BytesIO(pdf(stream(bytes(before) + SCRIPT))))


def test_what_is_made_to_take_long_is_looked_at_once() -> None:
    for hostile in (b"stream\nx" * 300_000, b"stream\n\x78" * 300_000, b"#4a" * 90_000, b"endstream" * 300_000):
        documents.refuse_acting(io.BytesIO(pdf(hostile)))
    many = [stream(b"q") for _ in range(3_000)]
    documents.refuse_acting(io.BytesIO(pdf(*many)))
    with pytest.raises(BrokenMedia):
        documents.refuse_acting(io.BytesIO(pdf(b"#4a" * 200_000)))
