"""Exercises as a practitioner would send them."""

from typing import Any


def an_exercise(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Wobble board tilt",
        "summary": "Tilt the board to train your ankle.",
        "steps": ["Stand on the board with both feet.", "Tilt it slowly forwards and back."],
        "cues": ["Look ahead."],
        "body_region": "ankle_foot",
        "joints": ["ankle"],
        "goals": ["balance"],
        "position": "standing",
        "equipment": ["other"],
        "difficulty": "hard",
        "default_dose": {"sets": 2, "duration_seconds": 60},
        "default_schedule": {"kind": "weekdays", "weekdays": ["fri", "mon"], "times_per_day": 1},
        "tags": ["ankle_sprain"],
        "synonyms": ["rocker board"],
        **changes,
    }
