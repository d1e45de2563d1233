"""A list as a file: the whole of it, page by page, each as somebody who may still see it; never a part as the whole."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from hep_api.foundation.web.csv_files import CutShort
from hep_api.foundation.web.pages import MOST
from tests.world import Person, World

ROWS = "/v1/probe/rows"
AS_CSV = {"Accept": "text/csv"}
MANY = 2 * MOST + 50


@pytest.fixture
def owner(probing: World) -> Person:
    with probing.transaction() as session:
        session.execute(
            text("INSERT INTO probe_row (word, version) SELECT '=row ' || n, 1 FROM generate_series(1, :n) AS n"),
            {"n": MANY},
        )
    return probing.owner(probing.clinic())


def read(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def entries(owner: Person) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        page = owner.http.get(ROWS, query_string={"limit": MOST} | ({"cursor": cursor} if cursor else {})).json
        found += page["items"]
        if not (cursor := page["next_cursor"]):
            return found


def test_a_file_has_every_row_of_every_page_whatever_limit_says(owner: Person) -> None:
    expected = [[str(row["id"]), row["word"], str(row["version"])] for row in entries(owner)]
    for query in ({}, {"limit": 1}):
        answer = owner.http.get(ROWS, headers=AS_CSV, query_string=query)
        assert answer.content_type == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="probe_rows.csv"'
        assert "Accept" in answer.headers["Vary"]
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"\n" not in answer.data.replace(b"\r\n", b"")
        header, *rows = read(answer.data)
        assert header == ["id", "word", "version"]
        assert [[row[0], row[1].removeprefix("'"), row[2]] for row in rows] == expected
    assert len(expected) >= MANY


def test_csv_is_sent_to_who_prefers_it(owner: Person) -> None:
    for accept, kind in {
        "text/csv": "text/csv",
        "text/*": "text/csv",
        "application/json;q=0.5, text/csv": "text/csv",
        "application/json, text/csv;q=0.5": "application/json",
        "application/json, text/csv": "application/json",
        "*/*": "application/json",
        "text/html,application/xhtml+xml,*/*;q=0.8": "application/json",
        "text/csv;q=0": "application/json",
        "application/xml": "application/json",
        "text/csv;;;q=x,,": "application/json",
    }.items():
        assert owner.http.get(ROWS, headers={"Accept": accept}).mimetype == kind, accept
    assert "Accept" in owner.http.get(ROWS).headers["Vary"]


def test_an_operation_without_a_list_says_that_it_has_no_csv(owner: Person) -> None:
    refused = owner.http.get("/v1/me", headers=AS_CSV)
    assert (refused.status_code, refused.json["code"]) == (406, "not_acceptable")
    assert owner.http.get("/v1/me", headers={"Accept": "text/csv, application/json;q=0.1"}).status_code == 200
    assert owner.http.get("/v1/me", headers={"Accept": "text/html"}).status_code == 200


def test_what_refuses_the_list_refuses_the_file(owner: Person, probing: World) -> None:
    assert probing.anyone().get(ROWS, headers=AS_CSV).status_code == 401
    for query in ({"cursor": "x"}, {"limit": 0}, {"unheard": 1}):
        assert owner.http.get(ROWS, headers=AS_CSV, query_string=query).status_code == 422


def test_a_file_is_sent_whole_to_who_holds_an_etag_and_not_at_all_for_head(owner: Person) -> None:
    held = owner.http.get(ROWS).headers["ETag"]
    answer = owner.http.get(ROWS, headers=AS_CSV | {"If-None-Match": held})
    assert answer.status_code == 200
    assert len(read(answer.data)) > MANY
    head = owner.http.send("HEAD", ROWS, headers=AS_CSV)
    assert (head.mimetype, head.data) == ("text/csv", b"")


def chunks_of(owner: Person, client: FlaskClient) -> Iterator[bytes]:
    answer = client.get(ROWS, headers=AS_CSV | {"Authorization": f"Bearer {owner.token}"}, buffered=False)
    assert answer.status_code == 200
    return iter(answer.response)  # type: ignore[arg-type]


def test_whoever_loses_access_on_the_way_gets_no_more_and_sees_it(owner: Person, probing: World) -> None:
    chunks = chunks_of(owner, probing.app.test_client())
    begun = [next(chunks), next(chunks)]
    with probing.transaction() as session:
        session.execute(text("UPDATE sign_in SET ended_at = now() WHERE id = :id"), {"id": owner.sign_in_id})
    begun.append(next(chunks))
    with pytest.raises(CutShort):
        next(chunks)
    *rows, last = read(b"".join(begun))
    assert len(rows) == 1 + MOST
    assert last == ["INCOMPLETE: this file ends before its end (sign_in_ended). Ask for it again.", "", ""]
    with probing.transaction() as session:
        told = "SELECT count(*) FROM audit_entry WHERE sign_in_id = :id AND action LIKE '%probe_rows%'"
        assert session.scalar(text(told), {"id": owner.sign_in_id}) >= 1


def test_an_error_on_the_way_breaks_the_file_off_too(owner: Person, probing: World) -> None:
    chunks = chunks_of(owner, probing.app.test_client())
    begun = [next(chunks), next(chunks)]
    with probing.transaction() as session:
        session.execute(text("ALTER TABLE probe_row RENAME TO probe_row_gone"))
    try:
        begun.append(next(chunks))
        with pytest.raises(CutShort):
            next(chunks)
    finally:
        with probing.transaction() as session:
            session.execute(text("ALTER TABLE probe_row_gone RENAME TO probe_row"))
    assert read(b"".join(begun))[-1][0].startswith("INCOMPLETE: this file ends before its end (unexpected)")


def test_no_connection_is_held_between_pages(owner: Person, probing: World) -> None:
    pool = probing.app.extensions["hep_database"].engine.pool
    before = pool.checkedout()
    chunks = chunks_of(owner, probing.app.test_client())
    for _ in range(3):
        next(chunks)
        assert pool.checkedout() == before
    chunks.close()  # type: ignore[attr-defined]
    assert pool.checkedout() == before
