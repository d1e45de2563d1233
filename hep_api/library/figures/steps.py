"""The numbers of the steps, where a drawing has more than two, as strokes: text would need a font."""

from collections.abc import Sequence

from hep_api.library.figures.palette import FAR
from hep_api.library.figures.panels import Panel

# Nine wide, fourteen high, from the upper left corner.
DIGITS = {
    1: "m2 3 4-3v14",
    2: "m1 4c0-5 8-5 8 0 0 4-8 6-8 10h8",
    3: "m1 1h8l-5 5c7-1 7 8 0 8q-3 0-4-3",
    4: "m6 14v-14l-6 10h9",
    5: "m8 0h-6l-1 6c10-3 10 8 3 8q-3 0-4-3",
    6: "m7 0c-9 5-8 14-2 14s5-9-1-8-4 5-3 6",
}


def numbers(panels: Sequence[Panel]) -> str:
    """Return each step's number in the upper left corner of its panel; a start and an end need none."""
    if len(panels) < 3:
        return ""
    places = ((round(panel.left + 6), round(panel.top + 6)) for panel in panels)
    return pencil("".join(f"M{x} {y}{DIGITS[step]}" for step, (x, y) in enumerate(places, 1)), 2.6)


def pencil(shape: str, width: float = 4) -> str:
    if not shape:
        return ""
    return (
        f'<path d="{shape}" fill="none" stroke="{FAR}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
