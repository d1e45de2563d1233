"""What the production configuration looks for in an app, so that it serves one likewise that is not the product."""

from flask import Flask


class _Nothing:
    """Stands where live connections are to be drained."""

    def drain(self) -> None:
        """Drain nothing."""


def stand_in(app: Flask) -> Flask:
    """Give the app no live connections, unless it has some, and no metrics."""
    app.extensions.setdefault("hep_realtime", _Nothing())
    app.extensions["hep_metrics_at"] = None
    return app
