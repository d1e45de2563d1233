"""Draws how far each goal of speed is passed or missed, on one scale: docs/pictures/bench.svg.

Each line is a goal; a bar leads from the goal to the median, a thin line from the least to the most of the rounds. To
the right is better, whichever way the figure itself goes; the scale is logarithmic, as all figures are ratios.
"""

import math
from collections.abc import Sequence
from html import escape

from development.figures.told import Run, Told

WIDTH, TOP, LINE, LEFT, RIGHT = 940, 92, 26, 330, 660
# How far the scale reaches; what lies beyond is drawn at its end, with an arrow.
LEAST, MOST = 1 / 8, 16.0
STYLE = """<style>
.paper{fill:#ffffff}.head{font:600 16px system-ui,sans-serif;fill:#1a202c}
.what{font:13px system-ui,sans-serif;fill:#2d3748}
.tick{font:12px system-ui,sans-serif;fill:#4a5568}.grid{stroke:#cbd5e0}.goal{stroke:#1a202c;stroke-width:2}
.reached{fill:#2b6cb0}.missed{fill:#c05621}.rounds{stroke:#1a202c;stroke-width:1.5}
@media (prefers-color-scheme: dark){.paper{fill:#11161d}.head{fill:#f0f4f8}.what{fill:#d9e2ec}.tick{fill:#a9b8c9}
.grid{stroke:#334155}.goal{stroke:#f0f4f8}.reached{fill:#63a4e8}.missed{fill:#f6955a}.rounds{stroke:#f0f4f8}}
</style>"""


def draw(run: Run) -> str:
    """Return the picture of a run's goals."""
    goals = [each for each in run.results if each.goal is not None]
    height = TOP + LINE * len(goals) + 40
    reached = sum(each.is_ok for each in goals)
    title = f"Goals of speed: {reached} of {len(goals)} reached"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">',
        STYLE,
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        _text(24, 32, "head", title),
        _text(24, 54, "tick", "Median and least to most of the rounds. Right of the line is better than promised."),
        *_scale(height - 40),
        *(part for place, each in enumerate(goals) for part in _line(TOP + LINE * place, each)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def share(value: float, each: Told) -> float:
    """Return how many times as good as promised a value is: below 1 the goal is missed."""
    assert each.goal is not None, "only goals are drawn"
    if each.better == "higher":
        return value / each.goal
    if value == 0:
        return math.inf
    return each.goal / value


def _scale(bottom: int) -> Sequence[str]:
    parts = []
    power = LEAST
    while power <= MOST:
        x = _place(power)
        name = "goal" if power == 1 else f"{power:g}x" if power > 1 else f"1/{1 / power:g}"
        parts.append(
            f'<line class="{"goal" if power == 1 else "grid"}" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{bottom}"/>'
        )
        parts.append(f'<text class="tick" x="{x}" y="{TOP - 16}" text-anchor="middle">{name}</text>')
        power *= 2
    return parts


def _line(y: int, each: Told) -> Sequence[str]:
    ratio = each.figures["ratio"]
    median, ends = share(each.value, each), sorted(share(ratio[name], each) for name in ("min", "max"))
    start, end = sorted((_place(1), _place(median)))
    middle = y + LINE / 2
    kind, width = "reached" if each.is_ok else "missed", round(max(end - start, 3), 1)
    parts = [
        _text(24, middle + 5, "what", f"{each.id}  {each.name}"),
        f'<rect class="{kind}" x="{start}" y="{middle - 6}" width="{width}" height="12" rx="2"/>',
        f'<line class="rounds" x1="{_place(ends[0])}" y1="{middle}" x2="{_place(ends[1])}" y2="{middle}"/>',
        _text(RIGHT + 24, middle + 5, "what", f"{each.value:.4g}, goal {each.goal_in_words}: {kind}"),
    ]
    if median > MOST:
        parts.append(f'<path class="{kind}" d="M{RIGHT} {middle - 9} l10 9 l-10 9 Z"/>')
    return parts


def _place(times: float) -> float:
    """Return where on the scale so many times the goal lies."""
    part = (math.log2(min(max(times, LEAST), MOST)) - math.log2(LEAST)) / (math.log2(MOST) - math.log2(LEAST))
    return round(LEFT + part * (RIGHT - LEFT), 1)


def _text(x: float, y: float, kind: str, said: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y:g}">{escape(said)}</text>'
