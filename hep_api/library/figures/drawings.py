"""Which drawing belongs to which starter exercise: one JSON file per body region, beside the texts.

A drawing names a view, the pose at the start, what differs at the end or at each step on the way, the things needed,
the parts that move and the arrows. Whatever it says that nothing here knows is refused, with the exercise's key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hep_api.library.figures import body, hand, pose
from hep_api.library.figures.arrows import Arrow, read_arrow
from hep_api.library.figures.body import SECTIONS, Body
from hep_api.library.figures.camera import VIEWS, Camera, camera_at
from hep_api.library.figures.limbs import Joints
from hep_api.library.figures.pose import Place, read_place
from hep_api.library.figures.shapes import Thing
from hep_api.library.figures.things import read_thing

FOLDER = Path(__file__).parent.parent / "starter" / "figures"


@dataclass(frozen=True, slots=True)
class CloseUp:
    """Only this much is shown, so many centimetres wide and high."""

    middle: Place
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    camera: Camera
    figures: tuple[Body, ...]  # the start, the steps between, the end; or only what is held
    things: tuple[Thing, ...]
    moves: frozenset[str]
    arrows: tuple[Arrow, ...]
    close: CloseUp | None
    order: Mapping[str, float]

    @property
    def start(self) -> Body:
        return self.figures[0]

    @property
    def end(self) -> Body | None:
        return self.figures[-1] if len(self.figures) > 1 else None

    def moments(self, step: int) -> set[str]:
        """Return the words by which `only` may name a step: its number, and whether it is the first or the last."""
        last = len(self.figures) - 1
        return {str(step + 1), *(["start"] if step == 0 else []), *(["end"] if step == last else [])}

    def ways(self, arrow: Arrow) -> tuple[Joints, Joints]:
        """Return the joints before and after the movement that an arrow shows."""
        last = len(self.figures) - 1
        step = next((i for i in range(last + 1) if arrow.only in self.moments(i)), 0)
        before = min(step, max(last - 1, 0))
        return self.figures[before].joints, self.figures[min(before + 1, last)].joints


FIELDS = {"view", "figure", "start", "between", "end", "things", "moves", "arrows", "close", "order"}


def read_drawings(folder: Path = FOLDER) -> dict[str, Drawing]:
    """Return the drawings by exercise key."""
    raw = {
        key: told for file in sorted(folder.glob("*.json")) for key, told in json.loads(file.read_text("utf-8")).items()
    }
    return {key: read_drawing(key, told) for key, told in raw.items()}


def read_drawing(key: str, raw: Mapping[str, Any]) -> Drawing:
    try:
        return _read(raw)
    except (KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"{key}: {wrong}") from wrong


def _read(raw: Mapping[str, Any]) -> Drawing:
    if unknown := raw.keys() - FIELDS:
        raise ValueError(f"A drawing has no {', '.join(sorted(unknown))}.")
    figures = _figures(raw)
    moves = frozenset(raw.get("moves", ()))
    if stray := moves - figures[0].parts.keys() - SECTIONS.keys():
        raise ValueError(f"The figure has no {', '.join(sorted(stray))}.")
    return Drawing(
        camera=_camera(raw.get("view", "side")),
        figures=figures,
        things=tuple(read_thing(one) for one in raw.get("things", ())),
        moves=moves,
        arrows=tuple(read_arrow(one) for one in raw.get("arrows", ())),
        close=_close_up(raw.get("close")),
        order=raw.get("order", {}),
    )


def _figures(raw: Mapping[str, Any]) -> tuple[Body, ...]:
    """Return the figure at every step; each step is told by what differs from the one before."""
    build = hand.build if raw.get("figure") == "hand" else _whole
    told = raw["start"]
    figures = [build(told)]
    for step in [*raw.get("between", ()), *([raw["end"]] if "end" in raw else [])]:
        told = pose.changed(pose.unfold(told), step)
        figures.append(build(told))
    return tuple(figures)


def _whole(raw: Mapping[str, Any]) -> Body:
    return body.build(pose.read_pose(raw))


def _camera(view: str | list[float]) -> Camera:
    return camera_at(*(VIEWS[view] if isinstance(view, str) else view))


def _close_up(raw: list[Any] | None) -> CloseUp | None:
    if raw is None:
        return None
    middle = read_place(raw[0])
    if middle is None:
        raise ValueError("A close-up needs a middle.")
    return CloseUp(middle, raw[1], raw[2])
