"""Where a process serves its metrics. What it tells is nobody's secret and everybody's business neither: so on the
machine itself, unless somebody says that only Prometheus reaches it elsewhere.
"""

import re
from ipaddress import ip_address

from hep_api.foundation.settings import Settings, SettingsError

LISTENER = re.compile(r"(?:(?P<host>[0-9.]+)|\[(?P<bracketed>[0-9a-f:.]+)\]):(?P<port>[0-9]{1,5})", re.ASCII)


def load_address(settings: Settings) -> tuple[str, int] | None:
    """Return host and port of HEP_METRICS_BIND, None where it is empty; SettingsError when it is none or too open."""
    bind = settings.metrics_bind
    if not bind:
        return None
    said = LISTENER.fullmatch(bind)
    host, port = (said["host"] or said["bracketed"], int(said["port"])) if said else ("", 0)
    try:
        address = ip_address(host)
    except ValueError:
        raise _is_none(bind) from None
    if not 0 < port < 2**16:
        raise _is_none(bind)
    if not address.is_loopback and not settings.metrics_beyond_this_machine:
        raise SettingsError(
            f"HEP_METRICS_BIND is {bind}, where other machines may reach it; where only Prometheus can, say so by "
            "HEP_METRICS_BEYOND_THIS_MACHINE=true."
        )
    return host, port


def _is_none(bind: str) -> SettingsError:
    return SettingsError(f"HEP_METRICS_BIND is a numeric address and a port, as 127.0.0.1:9101; not {bind}.")
