"""What this process knows of itself at a moment: its connections, its pool, whether it hears others or ends."""

from collections.abc import Iterator
from typing import cast

from flask import Flask
from sqlalchemy import QueuePool

from hep_api.foundation.database import Database
from hep_api.foundation.health import Health
from hep_api.foundation.metrics.readings import Reading
from hep_api.foundation.realtime.gateway import Gateway
from hep_api.foundation.web.setup import API_VERSION

# What is read here, with the labels of each.
NAMES = {
    "hep_build_info": {"version", "revision", "process"},
    "hep_draining": set[str](),
    "hep_database_pool_size": set[str](),
    "hep_database_pool_in_use": set[str](),
    "hep_connections_open": set[str](),
    "hep_connections_introduced": set[str](),
    "hep_queue_connected": set[str](),
}


class ReadOfProcess:
    """Readings of one process, whose app this is."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._health: Health = app.extensions["hep_health"]
        self._gateway: Gateway = app.extensions["hep_realtime"]
        self._database: Database = app.extensions["hep_database"]

    def __call__(self) -> Iterator[Reading]:
        # Asked for each time: after a lost connection the engine has another.
        pool = cast("QueuePool", self._database.engine.pool)
        yield Reading(
            "hep_build_info", "The version, and the revision of the tables that it was made for.", 1, self._about()
        )
        yield Reading("hep_draining", "1 while the process finishes what runs and takes nothing new.", self._drains())
        yield Reading("hep_database_pool_size", "Database connections that this process may hold at once.", pool.size())
        yield Reading("hep_database_pool_in_use", "Of these, how many somebody works with.", pool.checkedout())
        yield Reading(
            "hep_connections_open", "WebSockets open, introduced or not.", len(self._gateway.server.eio.sockets)
        )
        yield Reading(
            "hep_connections_introduced",
            "Connections of people who are let in.",
            len(self._gateway.attendance.everyone()),
        )
        if self._gateway.relay is not None and self._gateway.relay.is_hearing is not None:
            yield Reading(
                "hep_queue_connected",
                "1 while this process hears the others through Redis; 0: what they tell is not live here.",
                self._gateway.relay.is_hearing,
            )

    def _about(self) -> dict[str, str]:
        name = self._app.extensions["hep_settings"].metrics_and_logs_name
        return {"version": API_VERSION, "revision": self._health.revisions()[0], "process": name}

    def _drains(self) -> bool:
        return self._health.draining.is_set()
