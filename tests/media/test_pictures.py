"""Pictures are told by their bytes and made anew: only pixels pass, and never too many."""

import io
import time
import zipfile

import pytest
from PIL import Image

from hep_api.foundation.media import pictures
from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.sniffing import (
    JPEG,
    M4A,
    MP3,
    MP4,
    OGG,
    PDF,
    PNG,
    WEBA,
    WEBM,
    WEBP,
    MediaType,
    declared_type,
    sniff,
)
from tests.media import damaged, making


def remade(content: bytes) -> pictures.Picture:
    [kind] = sniff(content)
    return pictures.remake(io.BytesIO(content), kind)


def opened(made: pictures.Encoded) -> Image.Image:
    return Image.open(io.BytesIO(made.content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (making.picture("JPEG"), (JPEG,)),
        (making.picture("PNG"), (PNG,)),
        (making.picture("WEBP"), (WEBP,)),
        (making.video("mp4"), (MP4, M4A)),
        (making.video("webm"), (WEBM, WEBA)),
        (b"\0\0\0\x18ftypM4A ", (M4A,)),
        (b"OggS" + bytes(24) + b"OpusHead", (OGG,)),
        (b"ID3\4\0\0", (MP3,)),
        (b"\xff\xfb\x90\x64", (MP3,)),
        (b"%PDF-1.7", (PDF,)),
        (making.picture("GIF"), ()),
        (making.picture("BMP"), ()),
        (making.picture("TIFF"), ()),
        (making.SVG, ()),
        (making.HTML, ()),
        (b"", ()),
        (b" %PDF-1.7", ()),
        (b"\xff\xf1\x50\x80", ()),
        (b"\xff\xff\xff\xff", ()),
        (b"OggS" + bytes(24) + b"\1vorbis", ()),
        (b"\0\0\0\x18ftypqt  ", ()),
        (b"\0\0\0\x18ftypheic", ()),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", ()),
        (b"RIFF\0\0\0\0WAVE", ()),
        (b"GIF89a" + making.picture("PNG"), ()),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, expected: tuple[MediaType, ...]) -> None:
    assert sniff(content[:4096]) == expected


def test_what_a_sender_says_is_read_leniently_and_known_types_only() -> None:
    assert declared_type("Image/JPG; charset=x") is JPEG
    assert declared_type("video/webm") is WEBM
    assert [declared_type(text) for text in ("image/svg+xml", "text/html", "application/octet-stream", "")] == [
        None
    ] * 4


@pytest.mark.parametrize("content", [making.photograph(), making.png_with_words()], ids=["JPEG", "PNG"])
def test_nothing_but_pixels_passes(content: bytes) -> None:
    assert making.SECRET in content
    made = remade(content)
    for each in (made.original, made.thumbnail):
        assert making.SECRET not in each.content
        assert (dict(opened(each).getexif()), opened(each).info.get("icc_profile")) == ({}, None)


def test_a_picture_taken_sideways_is_put_upright_before_that_is_forgotten() -> None:
    made = remade(making.photograph()).original
    assert (made.width, made.height) == (40, 60)
    top, bottom = (opened(made).convert("RGB").getpixel((20, y)) for y in (5, 55))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 150, bottom[2] > 150) == (True, True)


@pytest.mark.parametrize(
    ("content", "mode"),
    [
        (making.picture("JPEG", mode="CMYK"), "RGB"),
        (making.picture("JPEG", mode="L"), "RGB"),
        (making.picture("PNG", mode="P", transparency=0), "RGBA"),
        (making.picture("PNG", mode="P"), "RGB"),
        (making.picture("PNG", mode="1"), "RGB"),
        (making.picture("PNG", mode="I;16"), "RGB"),
        (making.picture("WEBP", lossless=True), "RGB"),
    ],
)
def test_every_kind_of_pixels_becomes_plain_ones(content: bytes, mode: str) -> None:
    made = remade(content)
    assert (opened(made.original).mode, opened(made.original).size) == (mode, (60, 40))
    assert opened(made.original).format == opened(made.thumbnail).format == Image.open(io.BytesIO(content)).format


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    deep = Image.new("I;16", (4, 4), 40_000)
    out = io.BytesIO()
    deep.save(out, "PNG")
    assert opened(remade(out.getvalue()).original).convert("L").getpixel((1, 1)) == 40_000 // 256


def test_a_large_picture_is_bounded_and_has_a_thumbnail() -> None:
    made = remade(making.picture("JPEG", size=(5000, 1000)))
    assert (made.original.width, made.thumbnail.width) == (2048, 320)
    assert made.original.height in (409, 410)


def test_of_what_moves_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for form in ("WEBP", "PNG"):
        out = io.BytesIO()
        frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
        made = opened(remade(out.getvalue()).original)
        assert getattr(made, "n_frames", 1) == 1
        pixel = made.convert("RGB").getpixel((10, 10))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 200


def test_what_hangs_on_behind_a_picture_is_gone() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.html", making.HTML)
    for tail in (archive.getvalue(), making.HTML):
        made = remade(making.picture("JPEG") + tail)
        assert b"<script>" not in made.original.content
        assert b"PK\x03\x04" not in made.original.content


@pytest.mark.parametrize("size", [(50_000, 50_000), (60_000_000, 1), (8_000, 8_000), (2**31 - 1, 2**31 - 1)])
def test_a_small_file_with_giant_dimensions_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    began = time.process_time()
    with pytest.raises(BrokenMedia) as refused:
        remade(making.bomb(*size))
    assert refused.value.rule in ("pixels", "media_broken")
    assert time.process_time() - began < 1


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_breaks_off_is_refused(form: str) -> None:
    whole = making.picture(form, size=(300, 300))
    for kept in (len(whole) // 2, 40, 13):
        with pytest.raises(BrokenMedia) as refused:
            remade(whole[:kept])
        assert refused.value.rule == "media_broken"


@pytest.mark.filterwarnings("ignore:Truncated File Read", "ignore:Corrupt EXIF")
@pytest.mark.parametrize("content", [damaged.JPEG, damaged.PNG, damaged.WEBP], ids=["JPEG", "PNG", "WEBP"])
def test_damaged_exif_is_a_refusal_and_no_error_of_ours(content: bytes) -> None:
    with pytest.raises(BrokenMedia):
        remade(content)
