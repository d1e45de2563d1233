"""The host's scanner for what people send each other, such as ClamAV: asked before anybody else may have the file."""

import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from hep_api.foundation.media.broken import BrokenMedia
from hep_api.foundation.media.programs import Bounds, TookTooLong, run_program
from hep_api.foundation.settings import SettingsError

SECONDS = 15
# Where the command has this word, it stands for the file's path; without it the program reads the file.
PATH = "{}"
CLEAN, INFECTED = 0, 1

log = structlog.get_logger(__name__)


class NotScanned(Exception):
    """The scanner gave no verdict: it is tried again, and until then nobody gets the file."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """A command that ends with 0 for a clean file and with 1 for an infected one; anything else is no verdict."""

    command: Sequence[str]

    @classmethod
    def load(cls, command: str) -> "Scanner | None":
        """Return the scanner that a setting names, None when it is empty; SettingsError when it cannot be read."""
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise SettingsError(f"HEP_SCAN_COMMAND cannot be read: {error}.") from None
        return cls(tuple(words)) if words else None

    def refuse_infected(self, file: Path) -> None:
        """Let the program look at a file; BrokenMedia when it finds something, NotScanned when it does not say."""
        command = [word.replace(PATH, str(file)) for word in self.command]
        try:
            ended = run_program(command, Bounds(SECONDS), None if self._names_the_file else file).exit_code
        except (TookTooLong, OSError) as error:
            log.warning("scan_failed", error_type=type(error).__name__)
            raise NotScanned from None
        if ended == INFECTED:
            raise BrokenMedia("infected", "The scanner found something harmful in it.")
        if ended != CLEAN:
            log.warning("scan_failed", code=ended)
            raise NotScanned

    @property
    def _names_the_file(self) -> bool:
        return any(PATH in word for word in self.command)


def tell_if_not_found(command: str) -> None:
    """Say in the log, when a process starts, that nothing can be delivered, for the scanner is not there."""
    scanner = Scanner.load(command)
    if scanner is not None and shutil.which(scanner.command[0]) is None:
        log.warning("scanner_missing", reason="HEP_SCAN_COMMAND names no program")
