"""What one connection may cost. Each number answers an attack or a fault that was reproduced; the tests name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds, bytes and counts. The defaults are for production; tests shorten the waits."""

    message_bytes: int = 65_536
    frames_per_second: float = 60.0
    frames_at_once: int = 240
    seconds_to_introduce_oneself: float = 10.0
    seconds_to_renew: float = 60.0
    introductions: int = 5
    seconds_without_reading: float = 10.0
    seconds_between_looks: float = 1.0
    seconds_between_roll_calls: float = 10.0
    connections_of_one_holder: int = 25
    ping_interval: float = 25.0
    ping_timeout: float = 20.0
    drain_seconds: float = 2.0
