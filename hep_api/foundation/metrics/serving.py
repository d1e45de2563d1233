"""Begins to serve metrics where the settings say so: called by each server once it is the process that works."""

from collections.abc import Sequence

from flask import Flask

from hep_api.foundation.metrics.readings import AskedOfDatabase, Reader


def serve_of_web(app: Flask) -> None:
    """Serve what a web process counts and knows of itself."""
    _serve(app, ())


def serve_of_worker(app: Flask) -> None:
    """Serve what a worker counts, and how the work of all clinics stands in the database."""
    _serve(app, (AskedOfDatabase(app, app.extensions["hep_measures"]),))


def _serve(app: Flask, readers: Sequence[Reader]) -> None:
    address: tuple[str, int] | None = app.extensions["hep_metrics_at"]
    if address is None:
        return
    # Prometheus' library and an HTTP server take 80 ms to import: only where somebody wants them.
    from hep_api.foundation.metrics import listener
    from hep_api.foundation.metrics.exposing import Exposition
    from hep_api.foundation.metrics.process import ReadOfProcess

    listener.start(*address, Exposition((ReadOfProcess(app), *readers)))
