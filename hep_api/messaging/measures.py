"""What the database returns of red flags when a worker asks how the work stands, and what each number means."""

from collections.abc import Mapping

MEASURES: Mapping[str, str] = {
    "hep_red_flags_open": "Alerts about patients that nobody has acknowledged.",
    "hep_red_flags_with_leaders": "Of these, those that went past the whole care team, up to the clinic's leaders.",
    "hep_red_flags_oldest_seconds": "For how long the oldest of them has been open; 0: none is.",
    "hep_red_flags_overdue_seconds": "For how long an alert's turn is over without the next person told; 0: none.",
}
