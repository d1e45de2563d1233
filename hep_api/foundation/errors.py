"""One error for every door. A refused HTTP request renders it as problem+json (RFC 9457), a refused socket command
as its acknowledgement, a refused item of a batch as its outcome: the same words everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

# A client refreshes and comes again; whoever shows such a token was signed in here.
TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, no secret


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a JSON pointer into the body or the query, the rule, and words."""

    field: str
    rule: str
    detail: str

    def as_json(self) -> dict[str, str]:
        return {"field": self.field, "rule": self.rule, "detail": self.detail}


class Problem(Exception):
    """A refusal with a stable `code`, an HTTP status, words for a person, and the fields it is about."""

    def __init__(
        self,
        code: str,
        status: int,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def as_json(self) -> dict[str, Any]:
        """Return the problem's JSON shape, the same for HTTP and for socket acknowledgements."""
        return {
            "type": f"urn:hep-api:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "errors": [error.as_json() for error in self.errors],
            **self.extra,
        }


def not_found(what: str = "resource") -> Problem:
    """Unknown and forbidden look the same: whoever may not see it learns no more than whoever guessed."""
    return Problem("not_found", 404, f"There is no such {what}, or it is not yours to see.")


def not_signed_in(code: str = "not_signed_in", detail: str = "Sign in first.") -> Problem:
    challenge = 'Bearer error="invalid_token"' if code != "not_signed_in" else "Bearer"
    return Problem(code, 401, detail, headers={"WWW-Authenticate": challenge})


def role_may_not() -> Problem:
    return Problem("role_may_not", 403, "Your role does not use this operation.")


def invalid(*errors: FieldError) -> Problem:
    """Input that breaks a rule; `errors` name each field and rule."""
    return Problem("invalid_input", 422, "Some of what was sent breaks a rule.", errors=errors)


def invalid_field(field: str, rule: str, detail: str) -> Problem:
    return invalid(FieldError(field, rule, detail))


def conflict(field: str, rule: str, detail: str) -> Problem:
    """The request is well formed and clashes with what is there already."""
    return Problem("conflict", 409, detail, errors=(FieldError(field, rule, detail),))


def unavailable(detail: str = "The database cannot be reached; try again shortly.") -> Problem:
    return Problem("unavailable", 503, detail, headers={"Retry-After": "2"})
