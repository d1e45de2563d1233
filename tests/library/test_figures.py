"""What every drawing of the starter set keeps to: it is there, safe to show, and its figure stands on something."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from hep_api.library import starter_set
from hep_api.library.figures import __main__ as command
from hep_api.library.figures import drawings, palette, panels, steps
from hep_api.library.figures.body import Body, build
from hep_api.library.figures.camera import camera_at
from hep_api.library.figures.drawings import Drawing, read_drawing
from hep_api.library.figures.outline import Disc, hull
from hep_api.library.figures.pose import POSES, read_pose
from hep_api.library.figures.shapes import Box, Round
from hep_api.library.figures.space import ORIGIN, Ball, Vec, reach
from hep_api.library.figures.svg import render
from hep_api.library.figures.things import shapes_of
from hep_api.library.vocabulary import BodyRegion

NAMES: dict[str, str] = {
    entry["key"]: entry["name"]
    for region in sorted(BodyRegion)
    for entry in json.loads((starter_set.FOLDER / f"{region}.json").read_text("utf-8"))
}
DRAWN = drawings.read_drawings()
MOST_BYTES = 15_000
SVG = "{http://www.w3.org/2000/svg}"
# Centimetres: what gives way under a body, and how near a hand has to come to be at its place.
SOFT, NEAR = 3.5, 3.0
# A kneecap, a breath and the eyes move without the limbs.
MOVED_UNSEEN = {"kneecap-glide", "pursed-lip-breathing", "eye-jumps-two-cards"}


@cache
def rendered() -> dict[str, str]:
    """Return every drawing, made by whoever asks first: it takes a second, which collecting the tests need not."""
    return {key: render(NAMES[key], drawing) for key, drawing in DRAWN.items()}


@cache
def roots() -> dict[str, ET.Element]:
    return {key: ET.fromstring(svg) for key, svg in rendered().items()}  # noqa: S314 - our own text


@cache
def figures() -> list[tuple[tuple[str, int], Body]]:
    """Return every whole figure, with its exercise and step."""
    return [
        ((key, step), figure)
        for key, drawing in DRAWN.items()
        for step, figure in enumerate(drawing.figures, 1)
        if "pelvis" in figure.joints
    ]


def test_every_starter_exercise_has_a_drawing_and_nothing_else_has_one() -> None:
    assert DRAWN.keys() == NAMES.keys()


def test_each_file_draws_the_region_that_it_is_named_for() -> None:
    for file in sorted(drawings.FOLDER.glob("*.json")):
        texts = json.loads((starter_set.FOLDER / file.name).read_text("utf-8"))
        assert json.loads(file.read_text("utf-8")).keys() == {entry["key"] for entry in texts}


class TestTheFiles:
    def test_each_is_small_and_names_its_exercise(self) -> None:
        for key, root in roots().items():
            assert len(rendered()[key].encode()) <= MOST_BYTES, key
            assert root.findtext(f"{SVG}title") == NAMES[key], key
            assert NAMES[key] in (root.findtext(f"{SVG}desc") or ""), key
            assert root.get("viewBox") == "0 0 640 360", key

    def test_nothing_in_one_runs_is_fetched_or_is_named(self) -> None:
        for key, root in roots().items():
            tags = {one.tag.removeprefix(SVG) for one in root.iter()}
            assert tags <= {"svg", "title", "desc", "rect", "ellipse", "path"}, key
            names = {name for one in root.iter() for name in one.attrib}
            bad = [name for name in names if name in ("id", "style", "class") or "href" in name or name[:2] == "on"]
            assert not bad, key
            assert "url(" not in rendered()[key], key

    def test_each_brings_its_own_light_paper_and_few_colours(self) -> None:
        for key, root in roots().items():
            first = next(root.iter(f"{SVG}rect"))
            assert (first.get("width"), first.get("height"), first.get("fill")) == ("640", "360", "#f7f5f0"), key
            assert len(set(re.findall("#[0-9a-f]{6}", rendered()[key]))) <= 9, key

    def test_in_black_and_white_what_moves_still_stands_out(self) -> None:
        greys = [grey_of(colour) for colour in (palette.BODY, palette.MOVED, palette.FAR, palette.TOP, palette.PAPER)]
        assert greys == sorted(greys)
        assert all(lighter - darker > 0.05 for darker, lighter in pairwise(greys))

    def test_a_second_time_gives_the_same_bytes(self) -> None:
        again = drawings.read_drawings()
        assert {key: render(NAMES[key], drawing) for key, drawing in again.items()} == rendered()

    def test_a_name_is_written_as_text(self) -> None:
        svg = render("Push & <pull>", DRAWN["bridge"])
        assert ET.fromstring(svg).findtext(f"{SVG}title") == "Push & <pull>"  # noqa: S314


class TestTheFigures:
    """One test for a rule, over all drawings: a refusal names the exercise and the step."""

    def test_they_are_inside_the_paper(self) -> None:
        for key, drawing in DRAWN.items():
            layout = panels.lay_out(drawing)
            panel = layout.panels[0]
            for figure in drawing.figures:
                shown = [layout.paper.spot(place) for place in figure.joints.values()]
                wide, high = panel.width * panels.UNITS, panel.height * panels.UNITS
                inside = [0 <= x <= wide and 0 <= y <= high for x, y in shown]
                assert any(inside) if drawing.close else all(inside), key

    def test_hands_and_feet_reach_where_they_are_told_to_go(self) -> None:
        assert [(*where, figure.missed) for where, figure in figures() if figure.missed > NEAR] == []

    def test_they_do_not_sink_into_the_floor(self) -> None:
        for (key, step), figure in figures():
            floor = min([0.0, *(box.low.y for box in boxes(DRAWN[key]))])
            assert min(underside(ball) for ball in figure.balls()) >= floor - SOFT, (key, step)

    def test_something_bears_them(self) -> None:
        for (key, step), figure in figures():
            assert any(borne(ball, DRAWN[key]) for ball in figure.balls()), (key, step)

    def test_knees_bend_away_from_the_heel_and_no_joint_folds_up(self) -> None:
        for where, figure in figures():
            for side in ("right", "left"):
                hip, knee, ankle, heel = (figure.joints[f"{side}_{name}"] for name in ("hip", "knee", "ankle", "heel"))
                assert bent(hip, knee, ankle) <= 155, where
                if bent(hip, knee, ankle) > 20:
                    assert (heel - ankle).unit().dot((knee - (hip + ankle) * 0.5).unit()) < 0.5, where
                shoulder, elbow, wrist = (figure.joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
                assert bent(shoulder, elbow, wrist) <= 155, where

    def test_what_moves_has_moved_at_the_end(self) -> None:
        for key, drawing in DRAWN.items():
            for before, after in pairwise(drawing.figures):
                way = max((after.joints[name] - place).length() for name, place in before.joints.items())
                assert way > 1 or key in MOVED_UNSEEN, key
            assert drawing.arrows or drawing.end is None or "hand_wrist" in drawing.start.joints, key


class TestSteps:
    """Of a movement that a start and an end cannot tell."""

    TOLD: ClassVar[dict[str, Any]] = {
        "start": {"pose": "sitting"},
        "between": [{"neck": [0, 0, 45]}, {"nod": 10}],
        "end": {"neck": [0, 0, -45]},
        "things": [{"thing": "ball", "at": [40, 90, 0], "only": "2 end"}],
        "arrows": [{"joint": "nose", "only": "2"}],
    }

    def test_each_step_is_a_panel_with_its_number(self) -> None:
        svg = render("Steps", read_drawing("steps", self.TOLD))
        assert svg.count("<svg ") == 1 + 4
        assert "4 steps, numbered" in svg
        assert all(steps.DIGITS[number] in svg for number in (1, 2, 3, 4))
        assert steps.DIGITS[5] not in svg

    def test_a_step_keeps_what_the_one_before_it_said(self) -> None:
        drawing = read_drawing("steps", self.TOLD)
        turned, nodded = drawing.figures[1:3]
        assert (nodded.joints["crown"] - turned.joints["crown"]).length() < 4
        assert nodded.joints["nose"].z == pytest.approx(turned.joints["nose"].z, abs=1)

    def test_a_thing_and_an_arrow_stand_in_the_steps_they_name(self) -> None:
        drawing = read_drawing("steps", self.TOLD)
        panes = render("Steps", drawing).split("<svg ")[2:]
        assert [palette.ROUND in pane for pane in panes] == [False, True, False, True]
        assert [palette.MOVED in pane for pane in panes] == [False, True, False, False]
        assert drawing.ways(drawing.arrows[0]) == (drawing.figures[1].joints, drawing.figures[2].joints)


class TestTheEyes:
    def test_they_stay_on_their_target_while_the_head_turns(self) -> None:
        turned = {"pose": "sitting", "gaze": [200, 120, 0], "neck": [0, 0, 40]}
        pupils = [mark.balls[0].centre for mark in build(read_pose(turned)).face.marks if mark.dark]
        whites = [mark.balls[0].centre for mark in build(read_pose(turned)).face.marks if not mark.dark]
        # The head turned to the right, which is z: the eyes roll back to the left.
        assert all(pupil.z < white.z - 0.5 for pupil, white in zip(pupils, whites, strict=True))

    def test_shut_they_are_a_line(self) -> None:
        marks = build(read_pose({"pose": "standing", "eyes": "shut"})).face.marks
        assert [len(mark.balls) for mark in marks] == [2, 2]


class TestReading:
    def test_a_pose_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no pose named 'flying'"):
            read_pose({"pose": "flying"})

    @pytest.mark.parametrize(
        ("told", "words"),
        [
            ({"start": {"pose": "standing"}, "colour": "red"}, "A drawing has no colour"),
            ({"start": {"pose": "standing", "wings": {}}}, "Pose has no wings"),
            ({"start": {"pose": "standing", "right_leg": {"hips": 4}}}, "Leg has no hips"),
            ({"start": {"pose": "standing"}, "things": ["sofa"]}, "no thing named 'sofa'"),
            ({"start": {"pose": "standing"}, "things": [{"thing": "mat", "wide": 3}]}, "A thing has no wide"),
            ({"start": {"pose": "standing"}, "moves": ["tail"]}, "The figure has no tail"),
            ({"start": {"pose": "standing"}, "arrows": [{"joint": "nose", "big": 1}]}, "An arrow has no big"),
            ({"start": {"pose": "standing", "right_arm": {"hand": ["moon", 0, 0, 0]}}}, "no joint named 'moon'"),
            ({"start": {"pose": "standing"}, "view": "below"}, "below"),
            ({}, "start"),
        ],
    )
    def test_what_nothing_knows_is_refused_with_the_exercise(self, told: dict[str, Any], words: str) -> None:
        with pytest.raises(ValueError, match=f"^my-exercise: .*{words}"):
            read_drawing("my-exercise", told)

    @pytest.mark.parametrize("name", sorted(POSES))
    def test_every_named_pose_can_be_built(self, name: str) -> None:
        figure = build(read_pose({"pose": name}))
        assert figure.missed < NEAR
        assert min(underside(ball) for ball in figure.balls()) > -SOFT

    def test_the_left_mirrors_the_right_when_both_are_told(self) -> None:
        figure = build(read_pose({"pose": "standing", "arms": {"hand": [30, 100, 20]}}))
        right, left = figure.joints["right_hand"], figure.joints["left_hand"]
        assert (right.x, right.y) == pytest.approx((left.x, left.y))
        assert right.z == pytest.approx(-left.z)

    def test_angles_told_anew_take_the_place_of_a_place(self) -> None:
        figure = build(read_pose({"pose": "sitting", "right_leg": {"hip": 90, "knee": 0}}))
        assert bent(*(figure.joints[f"right_{name}"] for name in ("hip", "knee", "ankle"))) < 1


class TestGeometry:
    def test_a_limb_keeps_its_length_and_bends_where_it_is_told(self) -> None:
        knee, ankle = reach(ORIGIN, Vec(30, -50, 0), (42, 40), Vec(1, 0, 0))
        assert knee.length() == pytest.approx(42)
        assert (ankle - knee).length() == pytest.approx(40)
        assert ankle.x == pytest.approx(30)
        assert knee.x > 15

    def test_a_place_too_far_is_reached_for_with_a_straight_limb(self) -> None:
        _, ankle = reach(ORIGIN, Vec(0, -500, 0), (42, 40), Vec(1, 0, 0))
        assert ankle.length() == pytest.approx(82, abs=0.1)

    def test_an_outline_is_a_circle_or_a_band_around_two(self) -> None:
        assert hull([Disc(50, 50, 10), Disc(52, 50, 3)]) == "M40 50a10 10 0 1 1 20 0a10 10 0 1 1 -20 0Z".replace(
            " -", "-"
        )
        assert hull([Disc(50, 50, 10), Disc(150, 50, 10)]).count("a") == 2

    def test_from_the_side_the_front_is_on_the_right_of_the_paper(self) -> None:
        assert camera_at(0, 0).flat(Vec(5, 7, 9)) == pytest.approx((5, 7))
        assert camera_at(90, 0).flat(Vec(5, 7, 9)) == pytest.approx((-9, 7))


def test_the_command_writes_every_drawing_and_a_page_of_them(tmp_path: Path) -> None:
    result = CliRunner().invoke(command.write_figures, [str(tmp_path / "out")])
    assert result.output == f"{len(NAMES)} drawings in {tmp_path / 'out'}.\n"
    assert {file.stem for file in (tmp_path / "out").glob("*.svg")} == NAMES.keys()
    assert (tmp_path / "out" / "index.html").read_text("utf-8").count("<img ") == len(NAMES)


def boxes(drawing: Drawing) -> Iterator[Box]:
    for thing in drawing.things:
        for shape in shapes_of(replace(thing, only=""), drawing.start.joints):
            if isinstance(shape, Box):
                yield shape


def borne(ball: Ball, drawing: Drawing) -> bool:
    """Say whether the ball lies on the floor, on a box below it, or on something round."""
    low, at = underside(ball), ball.centre
    for box in boxes(drawing):
        if box.low.x <= at.x <= box.high.x and box.low.z <= at.z <= box.high.z and abs(low - box.high.y) < SOFT:
            return True
    rounds = (
        one
        for thing in drawing.things
        for shape in shapes_of(thing, drawing.start.joints)
        if isinstance(shape, Round)
        for one in shape.balls
    )
    return abs(low) < SOFT or any((one.centre - at).length() < one.radius + ball.radius + SOFT for one in rounds)


def grey_of(colour: str) -> float:
    """Return how light a colour is in print, 0 for black and 1 for white."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def underside(ball: Ball) -> float:
    return ball.centre.y - ball.radius


def bent(root: Vec, middle: Vec, end: Vec) -> float:
    """Return how far a joint is bent, in degrees; a straight one is not."""
    cos = (middle - root).unit().dot((end - middle).unit())
    return math.degrees(math.acos(max(-1.0, min(1.0, cos))))
