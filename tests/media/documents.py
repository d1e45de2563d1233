"""PDFs to send: an honest one, and such as act by themselves, however they try to hide it."""

import zlib

END = b"\nxref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def pdf(*objects: bytes, end: bytes = END) -> bytes:
    """A PDF of a page and these objects."""
    made = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number + 3, each) for number, each in enumerate(objects))
    page = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 0 >>\nendobj\n"
    return b"%PDF-1.7\n" + page + made + end


def stream(content: bytes, about: bytes = b"/Filter /FlateDecode") -> bytes:
    packed = zlib.compress(content)
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (about, len(packed), packed)


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"
HONEST = pdf(stream(b"BT (Befund: Knie, #4a, JavaScript) Tj ET"), b"<< /Title (Launch of a letter) >>")
ACTING = {
    "script": (pdf(SCRIPT), "active_content"),
    "script under an escape": (pdf(SCRIPT.replace(b"JavaScript", b"J#61vaScr#69pt")), "active_content"),
    "script in an object stream": (pdf(stream(b"7 0 " + SCRIPT, b"/Type /ObjStm /N 1")), "active_content"),
    "a program": (pdf(b"<< /S /Launch /F (cmd.exe) >>"), "active_content"),
    "another file": (pdf(b"<< /Type /EmbeddedFile >>"), "embedded_file"),
    "a password": (pdf(end=END.replace(b"/Root", b"/Encrypt 5 0 R /Root")), "encrypted"),
    "cut off": (HONEST[:-30], "media_broken"),
    "unpacks to too much": (pdf(*[stream(bytes(60 * 1024**2))] * 2), "media_broken"),
}
