"""A cover ends when a job says so: until then nobody looks at its end, and no worker is about."""

from torture.broken.taking import rewording

END = r"until > statement_timestamp\(\)"


def do() -> None:
    rewording(END, "until IS NOT NULL")
