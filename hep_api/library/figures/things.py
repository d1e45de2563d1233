"""What an exercise needs beside the body: chairs, bands, balls, made of boxes, balls and lines.

A thing is told by name, place and size. Its place is a point or a joint of the figure, so that a weight goes where the
hand goes. Things on the floor stand on y = 0; of a bed and a mat, y = 0 is the top.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from hep_api.library.figures import furniture, gear
from hep_api.library.figures.limbs import Joints
from hep_api.library.figures.pose import read_place
from hep_api.library.figures.shapes import Shape, Thing
from hep_api.library.figures.space import Vec


def read_thing(raw: str | Mapping[str, Any]) -> Thing:
    told: dict[str, Any] = {"thing": raw} if isinstance(raw, str) else dict(raw)
    if unknown := told.keys() - {field.name for field in dataclasses.fields(Thing)}:
        raise ValueError(f"A thing has no {', '.join(sorted(unknown))}.")
    if told["thing"] not in MAKERS:
        raise ValueError(f"There is no thing named {told['thing']!r}.")
    for name in ("size", "to"):
        if name in told:
            told[name] = Vec(*told[name])
    if "at" in told:
        told["at"] = read_place(told["at"])
    told["through"] = tuple(place for one in told.get("through", ()) if (place := read_place(one)))
    return Thing(**told)


def shapes_of(thing: Thing, joints: Joints) -> list[Shape]:
    return MAKERS[thing.thing](thing, joints)


MAKERS: dict[str, Callable[[Thing, Joints], list[Shape]]] = {
    "mat": furniture.slab(Vec(195, 3, 66)),
    "towel": furniture.slab(Vec(34, 1.6, 30)),
    "seat": furniture.slab(Vec(40, 5, 44)),
    "bed": furniture.bed,
    "table": furniture.table,
    "chair": furniture.chair,
    "worktop": furniture.worktop,
    "wall": furniture.block(Vec(5, 205, 110)),
    "step": furniture.block(Vec(34, 16, 60)),
    "block": furniture.block(Vec(30, 30, 30)),
    "foam": furniture.block(Vec(44, 8, 40)),
    "card": furniture.block(Vec(1, 16, 11)),
    "stairs": furniture.stairs,
    "doorway": furniture.doorway,
    "ball": gear.ball,
    "pillow": gear.pillow,
    "roll": gear.roll,
    "weight": gear.weight,
    "cuff": gear.cuff,
    "kettlebell": gear.kettlebell,
    "band": gear.line(2.6),
    "strap": gear.line(2.6),
    "cloth": gear.line(5),
    "rail": gear.line(4),
    "loop": gear.loop,
    "stick": gear.stick,
    "sight": gear.sight,
    "letter": gear.letter,
    "clock": gear.clock,
    "bike": furniture.bike,
}
