"""What comes in from wger, from a table, and from a file of our own: in every language, once, and with its links."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from hep_api.library.importing import csv_table, markup
from hep_api.library.starter_set import starter_id
from tests.library.exercises import an_exercise as exercise
from tests.world import Person, World

UUID_OF_WGER = "1b9ed9af-1e0c-4f6d-9d27-6b3c0e7d1a01"


def texts(language: Any, name: str, description: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "language": language, "license_author": "A. Writer", **more}


def wger_entry(**changes: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "uuid": UUID_OF_WGER,
        "category": {"id": 9, "name": "Legs"},
        "muscles": [{"id": 10, "name": "Quadriceps femoris"}],
        "muscles_secondary": [{"id": 8, "name": "Gluteus maximus"}],
        "equipment": [{"id": 3, "name": "Dumbbell"}, {"id": 7, "name": "none (bodyweight exercise)"}],
        "license": {"id": 2, "short_name": "CC-BY-SA 4"},
        "images": [{"image": "https://elsewhere.example/1.png"}],
        "translations": [
            texts(2, "Made-up lunge", "<p>Step <em>far</em> out.</p><ul><li>Sink &amp; rise.</li></ul>"),
            texts({"id": 1}, "Erdachter Schritt", "<p>Weit treten.</p><p>Sinken, steigen.</p>"),
            texts(12, "Fente", "<p>Un seul pas.</p>"),
            texts(99, "Unknown", "<p>?</p>"),
        ],
        **changes,
    }


def run(app: Flask, person: Person, what: str, data: bytes, folder: Path, *options: str) -> Result:
    file = folder / "file"
    file.write_bytes(data)
    slug = f"clinic-{person.clinic_id}"
    return app.test_cli_runner().invoke(args=["library", "import", what, str(file), "--clinic", slug, *options])


def found(person: Person, name: str, language: str = "en") -> dict[str, Any]:
    items = person.http.get("/v1/exercises", query_string={"q": name, "scope": "clinic"}).json["items"]
    answer = person.http.get(f"/v1/exercises/{items[0]['id']}", headers={"Accept-Language": language})
    shown: dict[str, Any] = answer.json
    return shown


def test_wger_comes_in_with_its_languages_author_and_licence(app: Flask, practitioner: Person, tmp_path: Path) -> None:
    data = json.dumps({"count": 1, "results": [wger_entry()]}).encode()
    tried = run(app, practitioner, "wger", data, tmp_path, "--dry-run")
    assert tried.output.startswith(
        "1 read: 1 added, 0 changed, 0 unchanged, 0 refused. Nothing was changed: a dry run."
    )
    assert practitioner.http.get("/v1/exercises", query_string={"scope": "clinic"}).json["items"] == []
    first = run(app, practitioner, "wger", data, tmp_path)
    assert first.output.splitlines() == [
        "1 read: 1 added, 0 changed, 0 unchanged, 0 refused.",
        "No. 1 (Made-up lunge) texts in the languages no. 99 are left out: which these are is not known here",
        "No. 1 (Made-up lunge) its texts in 'fr' are left out: 1 steps in place of 2",
    ]
    shown = found(practitioner, "Made-up lunge")
    assert shown["steps"] == ["Step far out.", "Sink & rise."]
    assert (shown["source"], shown["source_key"], shown["licence"]) == ("wger", UUID_OF_WGER, "CC-BY-SA-4.0")
    assert (shown["author"], shown["body_region"], shown["equipment"]) == ("A. Writer", "knee", ["weight"])
    assert shown["tags"] == ["quadriceps_femoris", "gluteus_maximus"]
    assert found(practitioner, "Made-up lunge", "de")["steps"] == ["Weit treten.", "Sinken, steigen."]
    again = run(app, practitioner, "wger", data, tmp_path)
    assert again.output.startswith("1 read: 0 added, 0 changed, 1 unchanged, 0 refused.")


def test_wrong_entries_of_wger_are_named(app: Flask, practitioner: Person, tmp_path: Path) -> None:
    older = {**wger_entry(), "exercises": wger_entry()["translations"][:1]}
    del older["translations"]
    entries = [wger_entry(uuid="x"), wger_entry(translations=[texts(77, "Odd", "")]), 3, older]
    answer = run(app, practitioner, "wger", json.dumps(entries).encode(), tmp_path)
    assert answer.exit_code == 1
    lines = answer.output.splitlines()
    assert lines[0] == "4 read: 1 added, 0 changed, 0 unchanged, 3 refused."
    assert lines[1].startswith("No. 1 (Made-up lunge) refused: uuid: ")
    assert lines[2].startswith("No. 2 (Odd) refused: translations: Its only languages have the numbers 77")
    assert lines[3].startswith("No. 3 (without a name) refused: ")


@pytest.mark.parametrize(
    ("html", "steps"),
    [
        ("", []),
        ("<p>.</p>", []),
        ("One<br>Two", ["One", "Two"]),
        ("<script>alert(1)</script><p>Sit</p><style>p{}</style>", ["Sit"]),
        ("<p>A &lt;b&gt; c&#7;</p>", ["A <b> c"]),
        ("<p>" + "Sit down. " * 150 + "</p>", ["Sit down. " * 99 + "Sit down.", "Sit down. " * 49 + "Sit down."]),
        ("<li>step</li>" * 40, ["step"] * 30),
    ],
)
def test_paragraphs_and_points_become_steps(html: str, steps: list[str]) -> None:
    assert markup.steps_of(html) == steps


def table(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode(encoding)


LINE = {
    "key": "k-1",
    "name": "Table step",
    "steps": "Stand.\nStep up.|Step down.",
    "body_region": "knee",
    "goals": "strength | balance",
    "sides": "2",
    "sets": "3",
    "reps": "10",
    "schedule": "weekdays",
    "times_per_day": "1",
    "weekdays": "Mon|fri",
    "author": "Our team",
    "licence": "CC0-1.0",
}


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_comes_in_and_a_changed_line_changes_its_exercise(
    app: Flask, practitioner: Person, tmp_path: Path, delimiter: str
) -> None:
    assert run(app, practitioner, "csv", table(LINE, delimiter=delimiter), tmp_path).output.startswith(
        "1 read: 1 added"
    )
    shown = found(practitioner, "Table step")
    assert shown["steps"] == ["Stand.", "Step up.", "Step down."]
    assert (shown["goals"], shown["author"], shown["licence"]) == (["strength", "balance"], "Our team", "CC0-1.0")
    assert (shown["default_dose"]["sets"], shown["default_dose"]["reps"], shown["default_dose"]["sides"]) == (3, 10, 2)
    assert shown["default_schedule"] == {"kind": "weekdays", "weekdays": ["mon", "fri"], "times_per_day": 1}
    changed = {**LINE, "name": "Table climb"}
    assert "0 added, 1 changed" in run(app, practitioner, "csv", table(changed), tmp_path).output
    assert found(practitioner, "Table climb")["id"] == shown["id"]


def test_wrong_lines_of_a_table_are_named_by_column(app: Flask, practitioner: Person, tmp_path: Path) -> None:
    data = table(
        {**LINE, "sets": "many"},
        {**LINE, "key": "k-2", "body_region": "tail"},
        {**LINE, "key": "k-3", "steps": ""},
        {**LINE, "key": "k-4", "times_per_day": "", "schedule": "daily"},
        {**LINE, "key": "k-5"},
        {**LINE, "key": "k-5"},
    )
    lines = run(app, practitioner, "csv", data, tmp_path).output.splitlines()
    assert lines[0] == "6 read: 1 added, 0 changed, 0 unchanged, 5 refused."
    assert lines[1].startswith("No. 1 (Table step) refused: default_dose/sets: ")
    assert lines[2].startswith("No. 2 (Table step) refused: body_region: ")
    assert lines[3].startswith("No. 3 (Table step) refused: steps: ")
    assert lines[4].startswith("No. 4 (Table step) refused: default_schedule/")
    assert lines[5] == "No. 6 (Table step) refused: The key k-5 stands twice in the file."


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"key,name,steps\n",
        b"key,name,steps,body_region,colour\n",
        b"key,name,steps,body_region,name\n",
        b"key,name,steps,body_region\na,b\x00,c,knee\n",
        b'key,name,steps,body_region\na,"b,c,knee\n',
        b"key,name,steps,body_region\n" + b"a,b,c,knee\n" * (csv_table.MOST_LINES + 1),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    app: Flask, practitioner: Person, tmp_path: Path, data: bytes
) -> None:
    answer = run(app, practitioner, "csv", data, tmp_path)
    assert (answer.exit_code, answer.output[:7], "Traceback" in answer.output) == (1, "Error: ", False)


def exported(app: Flask, person: Person) -> dict[str, Any]:
    answer = app.test_cli_runner().invoke(args=["library", "export", "--clinic", f"clinic-{person.clinic_id}"])
    assert answer.exit_code == 0, answer.output
    file: dict[str, Any] = json.loads(answer.output)
    return file


def test_what_is_exported_comes_in_elsewhere_and_changes_nothing_at_home(
    app: Flask, world: World, practitioner: Person, tmp_path: Path
) -> None:
    plain = practitioner.http.post("/v1/exercises", json=exercise(scope="clinic", name="Plain hop")).json
    links = {"harder": [str(starter_id("squat"))], "easier": [plain["id"]]}
    linked = practitioner.http.post("/v1/exercises", json=exercise(scope="clinic", name="Linked hop", **links)).json
    german = {"name": "Hüpfer", "steps": ["Hüpfen."] * len(linked["steps"])}
    path = f"/v1/exercises/{linked['id']}"
    tag = {"If-Match": practitioner.http.get(path).headers["ETag"]}
    assert practitioner.http.put(f"{path}/translations/de", json=german, headers=tag).status_code in (200, 201)
    file = exported(app, practitioner)
    data = json.dumps(file).encode()
    assert [entry["name"] for entry in file["exercises"]] == ["Linked hop", "Plain hop"]

    assert "0 added, 0 changed, 2 unchanged" in run(app, practitioner, "hep-api", data, tmp_path).output
    elsewhere = world.practitioner(world.clinic())
    assert (
        run(app, elsewhere, "hep-api", data, tmp_path).output == "2 read: 2 added, 0 changed, 0 unchanged, 0 refused.\n"
    )
    assert "0 added, 0 changed, 2 unchanged" in run(app, elsewhere, "hep-api", data, tmp_path).output
    arrived = found(elsewhere, "Linked hop", "de")
    assert (arrived["name"], arrived["source"], arrived["source_key"]) == ("Hüpfer", "hep-api", linked["id"])
    assert [link["name"] for link in arrived["easier"]] == ["Plain hop"]
    assert [link["id"] for link in arrived["harder"]] == [str(starter_id("squat"))]

    file["exercises"][1]["name"] = "Plainer hop"
    assert (
        "0 added, 1 changed, 1 unchanged"
        in run(app, practitioner, "hep-api", json.dumps(file).encode(), tmp_path).output
    )
    assert found(practitioner, "Plainer hop")["id"] == plain["id"]


def test_links_that_contradict_and_outdated_translations_do_no_harm(
    app: Flask, practitioner: Person, tmp_path: Path
) -> None:
    easy = practitioner.http.post("/v1/exercises", json=exercise(scope="clinic", name="Easy hop")).json
    hard = practitioner.http.post(
        "/v1/exercises", json=exercise(scope="clinic", name="Hard hop", easier=[easy["id"]])
    ).json
    path = f"/v1/exercises/{easy['id']}"
    german = {"name": "Hüpfer", "steps": ["Hüpfen."] * len(easy["steps"]), "precautions": [], "contraindications": []}
    tag = {"If-Match": practitioner.http.get(path).headers["ETag"]}
    assert practitioner.http.put(f"{path}/translations/de", json=german, headers=tag).status_code in (200, 201)
    tag = {"If-Match": practitioner.http.get(path).headers["ETag"]}
    assert practitioner.http.patch(path, json={"steps": ["Hop."]}, headers=tag).status_code == 200

    file = exported(app, practitioner)
    assert (
        "0 added, 0 changed, 2 unchanged"
        in run(app, practitioner, "hep-api", json.dumps(file).encode(), tmp_path).output
    )
    file["exercises"][0].update({"easier": [hard["id"]], "summary": "Changed."})
    said = run(app, practitioner, "hep-api", json.dumps(file).encode(), tmp_path).output
    assert "0 added, 1 changed, 1 unchanged" in said
    assert f"easier: {hard['id']} stands on the other side of it already" in said
    shown = practitioner.http.get(path).json
    assert ([link["id"] for link in shown["harder"]], shown["easier"]) == ([hard["id"]], [])
    kept = practitioner.http.get(f"{path}/translations").json["items"]
    assert [texts["language"] for texts in kept] == ["en", "de"]


def test_a_file_of_ours_names_what_is_wrong_in_it(app: Flask, practitioner: Person, tmp_path: Path) -> None:
    entry = {"key": "a", "name": "Odd hop", "steps": ["Hop."], "body_region": "knee"}
    german = {"name": "Hüpfer", "steps": ["Eins.", "Zwei."]}
    warned = {"name": "Hüpfer", "steps": ["Eins."], "precautions": ["Vorsicht."]}
    entries = [
        {**entry, "translations": {"de": german}},
        {**entry, "translations": {"en": {**german, "steps": ["One."]}}},
        {**entry, "colour": "red"},
        {**entry, "key": "b", "harder": ["nowhere"]},
        {**entry, "key": "c", "translations": {"de": warned}},
    ]
    file = {"format": "hep-api-exercises", "version": 1, "exercises": entries}
    lines = run(app, practitioner, "hep-api", json.dumps(file).encode(), tmp_path).output.splitlines()
    assert lines == [
        "5 read: 1 added, 0 changed, 0 unchanged, 4 refused.",
        "No. 1 (Odd hop) refused: translations/de/steps: Must have as many entries as the exercise itself, 1.",
        "No. 2 (Odd hop) refused: translations/en: It is the exercise's own.",
        "No. 3 (Odd hop) refused: colour: Unknown field.",
        "No. 4 (Odd hop) harder: there is no exercise nowhere in the file or in the starter set",
        "No. 5 (Odd hop) refused: translations/de/precautions: Must be empty, as the exercise itself has none.",
    ]
    newer = {**file, "version": 2}
    assert run(app, practitioner, "hep-api", json.dumps(newer).encode(), tmp_path).output.startswith(
        "Error: A file of ours"
    )


def send(person: Person, what: str, data: bytes, **told: str) -> Any:
    return person.http.post("/v1/library/import", data={"file": (io.BytesIO(data), "x"), "format": what, **told})


def test_an_import_is_tried_and_then_done_by_the_staff_of_a_clinic(world: World, practitioner: Person) -> None:
    data = table(LINE, {**LINE, "key": "k-2", "body_region": "tail"})
    tried = send(practitioner, "csv", data, dry_run="true")
    assert tried.status_code == 200, tried.text
    counts = {"read": 2, "added": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert tried.json == {"dry_run": True, **counts, "notes": tried.json["notes"]}
    [note] = tried.json["notes"]
    assert (note["number"], note["name"], note["field"], note["rule"]) == (2, "Table step", "body_region", "choice")
    assert note["refused"] is True
    assert practitioner.http.get("/v1/library/export").json["exercises"] == []
    assert send(practitioner, "csv", data).json == {**tried.json, "dry_run": False}
    assert send(practitioner, "csv", data).json["unchanged"] == 1
    taken_along = practitioner.http.get("/v1/library/export")
    assert [entry["name"] for entry in taken_along.json["exercises"]] == ["Table step"]
    elsewhere = world.manager(world.clinic())
    assert send(elsewhere, "hep-api", taken_along.data).json["added"] == 1


@pytest.mark.parametrize(
    ("what", "data", "told", "status", "field"),
    [
        ("csv", b"nothing", {}, 422, ""),
        ("hep-api", b"{", {}, 400, None),
        ("wger", b'{"a": 1}', {}, 422, ""),
        ("excel", b"", {}, 422, "/format"),
        ("csv", b"", {"dry_run": "perhaps"}, 422, "/dry_run"),
        ("csv", b"", {"clinic": "mine"}, 422, "/clinic"),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(
    practitioner: Person, what: str, data: bytes, told: dict[str, str], status: int, field: str | None
) -> None:
    answer = send(practitioner, what, data, **told)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == ([] if field is None else [field])
