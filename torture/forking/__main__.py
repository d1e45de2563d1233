"""`python -m torture.forking web|plain SOCKET`: imports what the product is made with, then forks what is asked for."""

import contextlib
import gc
import importlib
import sys

from torture.forking.keeping import serve

# What takes longest to import of what is not the product's own; what is not there is not needed either.
LIBRARIES = (
    "aiohttp",
    "alembic.command",
    "argon2",
    "cryptography.hazmat.primitives.asymmetric.ec",
    "firebase_admin.messaging",
    "flask_limiter",
    "flask_smorest",
    "flask_socketio",
    "google.auth.transport.requests",
    "gunicorn.app.wsgiapp",
    "jwt",
    "marshmallow.validate",
    "obstore.store",
    "PIL.Image",
    "psycopg_binary",
    "pyotp",
    "redis.asyncio",
    "requests",
    "segno",
    "socketio",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.ext.hybrid",
    "sqlalchemy.orm",
    "structlog",
    "uuid_utils",
    "webauthn",
    "yaml",
)


def main(kind: str, address: str) -> None:
    """Import, then serve until whoever started this is gone."""
    if kind == "web":
        # As deploy/gunicorn.conf.py does, before anything else is imported.
        importlib.import_module("gevent.monkey").patch_all()
        importlib.import_module("gunicorn.workers.ggevent")
    gc.disable()
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    serve(address)


if __name__ == "__main__":
    main(*sys.argv[1:])
