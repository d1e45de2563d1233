"""Any list as a CSV file, for whoever asks for `text/csv`: the whole list, page after page, in flat memory.

Each page has a transaction of its own and is asked for anew, by the same view, as by somebody who turns pages: whoever
loses access in between gets no more. The file then ends with a row that says so, and the connection breaks off, so that
no part is taken for the whole.
"""

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request, stream_with_context
from marshmallow import Schema

from hep_api.foundation import occasions
from hep_api.foundation.database import retrying
from hep_api.foundation.errors import Problem
from hep_api.foundation.web import csv_text
from hep_api.foundation.web.columns import ITEMS, Column, columns_of
from hep_api.foundation.web.documenting import View
from hep_api.foundation.web.policy import Policy, policy_of
from hep_api.foundation.web.refusals import problem_of_exception

CSV, JSON = "text/csv", "application/json"
CUT_SHORT = "INCOMPLETE: this file ends before its end ({code}). Ask for it again."

Query = Mapping[str, Any]
Shown = Mapping[str, Any]
# From a page's query and what was shown on it, the next page's query, None after the last; without anything shown yet,
# the first page's.
Onward = Callable[[Query, Shown | None], Query | None]
# Recognises who asks, by the claims of the token, and lets them in where the policy does: `doors`.
Enter = Callable[[View, Mapping[str, Any], Policy, dict[str, Any]], Any]
Again = Callable[[View, dict[str, Any]], Any]


class CutShort(ConnectionResetError):
    """The rest of a file cannot be sent. Servers take it for a connection that is gone: they close it before the end of
    the answer, and have nothing to say about it in the log.
    """

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "cut short")


def by_cursor(query: Query, shown: Shown | None) -> Query | None:
    """Turn pages by `next_cursor`, from the cursor that was sent on; a list without pages is one."""
    if shown is None:
        return query
    cursor = shown.get("next_cursor")
    return {**query, "cursor": cursor} if cursor else None


@dataclass(frozen=True, slots=True)
class Table:
    """A list as a table: how its answer is dumped, its columns, and how to turn its pages."""

    dumper: Schema
    columns: Sequence[Column]
    onward: Onward

    def shown(self, value: Any) -> Shown:
        """Return a page as its JSON answer has it; a view may have written that itself."""
        written = isinstance(value, Response)
        dumped: Shown = current_app.json.loads(value.get_data()) if written else self.dumper.dump(value)
        return dumped

    def rows(self, shown: Shown) -> bytes:
        return csv_text.lines([column.of(entry) for column in self.columns] for entry in shown[ITEMS])


def table_of(dumper: Schema | None, onward: Onward) -> Table | None:
    """Return the table of an answer; None when it is no list."""
    columns = columns_of(dumper) if dumper else ()
    return Table(dumper, columns, onward) if dumper and columns else None


def is_asked(table: Table | None) -> bool:
    """Say whether the request prefers CSV to JSON; 406 when it takes no JSON where no CSV is."""
    if "text/" not in request.environ.get("HTTP_ACCEPT", ""):
        return False
    accepted = request.accept_mimetypes
    if accepted[CSV] <= accepted[JSON]:
        return False
    if table is not None and request.method in ("GET", "HEAD"):
        return True
    if accepted[JSON] > 0:
        return False
    raise Problem("not_acceptable", 406, "This operation answers as application/json only.")


def answer(table: Table, view: View, arguments: Mapping[str, Any], enter: Enter) -> Response:
    """Return the file of a list; what refuses its first page refuses the file."""
    # A file is always sent whole: an ETag that somebody holds is that of the JSON.
    request.environ.pop("HTTP_IF_NONE_MATCH", None)
    query = _widest(arguments["query"]) if "query" in arguments else {}
    asked = table.onward(query, None)
    shown = table.shown(view(**_with(arguments, asked)))
    pages = _pages(table, view, arguments, _again(enter), (asked, shown))
    response = Response(stream_with_context(pages), mimetype=CSV)
    response.vary.add("Accept")
    name = view.__name__.removeprefix("list_").removeprefix("get_")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _pages(
    table: Table, view: View, arguments: Mapping[str, Any], again: Again, first: tuple[Query | None, Shown]
) -> Iterator[bytes]:
    names = csv_text.line(column.name for column in table.columns)
    yield (csv_text.BYTE_ORDER_MARK + names).encode()
    asked, shown = first
    try:
        yield table.rows(shown)
        while (asked := table.onward(asked or {}, shown)) is not None:
            shown = table.shown(again(view, _with(arguments, asked)))
            yield table.rows(shown)
    except Exception as error:  # noqa: BLE001 - the answer has begun: whatever it is, the reader has to see it
        code = problem_of_exception(error).code
        yield csv_text.lines([[CUT_SHORT.format(code=code), *[None] * (len(table.columns) - 1)]])
        raise CutShort from None


def _again(enter: Enter) -> Again:
    """Return what lets whoever is at the door in once more while the answer is being sent: recognised anew, and told
    of when refused.
    """
    occasion = occasions.present()
    policy = policy_of(current_app.view_functions[request.endpoint or ""])
    assert occasion is not None
    assert policy is not None

    def again(view: View, arguments: dict[str, Any]) -> Any:
        with occasions.at_door(occasion):
            if occasion.claims is None:
                return retrying(lambda: view(**arguments))
            return retrying(lambda: enter(view, occasion.claims or {}, policy, arguments))

    return again


def _with(arguments: Mapping[str, Any], query: Query | None) -> dict[str, Any]:
    return {**arguments, "query": query} if "query" in arguments else dict(arguments)


def _widest(query: Query) -> Query:
    """Ask for as many rows at once as the door gives, whatever `limit` says: a file has no pages."""
    loader = getattr(current_app.view_functions[request.endpoint or ""], "query_loader", None)
    limit = loader.fields.get("limit") if loader else None
    return query if limit is None else {**query, "limit": limit.most}
