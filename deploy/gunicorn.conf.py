"""One web process: `gunicorn -c deploy/gunicorn.conf.py wsgi:app`.

Run several of them, each with its own HEP_BIND, behind nginx (deploy/nginx.conf) and with REDIS_URL set; restart them
one by one. One worker each, as the master of several restarts them all at once. The service needs 20,000 open files
(systemd: LimitNOFILE=20000), and a stop timeout above `graceful_timeout`.
"""

# psycopg imported before this line would make every query wait for every other, and nothing would say so.
from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402

# As in wsgi.py, whose half is imported from here.
gc.disable()

import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from gunicorn.arbiter import Arbiter  # noqa: E402

from hep_api.foundation import health  # noqa: E402
from hep_api.foundation.metrics.serving import serve_of_web  # noqa: E402
from hep_api.foundation.realtime.gateway import refuse_unpatched_server  # noqa: E402

bind = os.environ.get("HEP_BIND", "127.0.0.1:8001")
worker_class = "gevent"
workers = 1
worker_connections = 10_000
backlog = 2048

# A worker whose loop stands still for so long is killed; one that is draining may take so long to finish.
timeout = 60
graceful_timeout = 30
# nginx keeps no connection to us; this is how long the head of a request may take to come.
keepalive = 5

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("HEP_PROXY", "127.0.0.1")

# There is nothing to steer at run time, and no socket to guard.
control_socket_disable = True
# The heartbeat is a file; on a disk that is busy it would stop.
IN_MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes a file of its own there, under a name that nobody guesses
worker_tmp_dir = IN_MEMORY if Path(IN_MEMORY).is_dir() else None
# The app writes one line for each answer itself, without addresses and query strings.
accesslog = None
errorlog = "-"
loglevel = "warning"


def when_ready(_master: Any) -> None:
    """Look for garbage again; what was imported so far stays."""
    gc.freeze()
    gc.enable()


def post_worker_init(worker: Any) -> None:
    """Serve metrics if anyone wants them. On SIGTERM tell the load balancer, close the live connections, and let
    gunicorn finish the requests.
    """
    refuse_unpatched_server()
    app = worker.wsgi
    serve_of_web(app)

    def drain(number: int, frame: Any) -> None:
        health.begin_draining(app)
        gevent.spawn(app.extensions["hep_realtime"].drain)
        worker.handle_exit(number, frame)

    signal.signal(signal.SIGTERM, drain)


def worker_exit(_master: Any, worker: Any) -> None:
    """Where the app cannot be built, as for a missing setting, say why and end all: the master would try for ever."""
    if worker.booted:
        return
    why = sys.exc_info()[1]
    if isinstance(why, SystemExit) and isinstance(why.code, str):
        worker.log.error(why.code)
    sys.exit(Arbiter.WORKER_BOOT_ERROR)
