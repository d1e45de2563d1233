"""What keeps development from starting: one sentence for the person at the terminal, never a traceback."""


class Trouble(Exception):
    """Something outside the code is missing, taken or broken; `str(trouble)` says what, and what to do."""
