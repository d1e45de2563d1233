"""Links as QR codes, to be held up to a phone's camera: made here, so that no other server learns what is in them."""

import segno

# Enough correction for a crease in the paper; the quiet border that readers need is in the picture.
CORRECTION, BORDER, DOTS_A_MODULE = "m", 4, 8


def svg_of(link: str) -> str:
    """Return the QR code as a data URI of an SVG, which fits any size."""
    return _code(link).svg_data_uri(border=BORDER, omitsize=True, light="#fff", svgclass=None, lineclass=None)


def png_of(link: str) -> str:
    """Return the QR code as a data URI of a PNG."""
    return _code(link).png_data_uri(scale=DOTS_A_MODULE, border=BORDER)


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error=CORRECTION)
