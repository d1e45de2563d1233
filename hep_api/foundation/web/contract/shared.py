"""What the operations of the document refer to: the refusals, all of one shape, and the headers of ETags."""

from typing import Any

Json = dict[str, Any]

REFUSALS: dict[str, tuple[str, str]] = {
    "400": ("BadRequest", "The request cannot be read: not JSON, a key twice, nested too deep, a number out of range."),
    "401": ("NotSignedIn", "No access token, an expired one, or one whose sign-in has ended; `code` says which."),
    "403": (
        "RoleMayNot",
        "Your role does not use this operation, or a second factor has to be shown or set up first; `code` says which.",
    ),
    "404": ("NotFound", "There is no such resource, or it is not yours to see: the two look the same."),
    "409": ("Conflict", "It clashes with what is there already; `errors` names the field."),
    "410": ("Gone", "It was there and is no more."),
    "412": ("ChangedMeanwhile", "The resource has another version than If-Match says: read it again."),
    "413": ("TooLarge", "The body is larger than this server takes."),
    "415": ("NotJson", "The body is not declared as application/json."),
    "422": ("InvalidInput", "Some of what was sent breaks a rule; `errors` names each field and rule."),
    "423": ("Locked", "Another request is at work on it; ask again shortly."),
    "428": ("IfMatchMissing", "Send If-Match with the ETag of the version that you changed."),
    "429": ("TooMany", "Too many requests; Retry-After says when to try again."),
    "503": ("Unavailable", "Not now; Retry-After says when to try again."),
}
CSV: Json = {"text/csv": {"schema": {"type": "string", "contentMediaType": "text/csv"}}}
EVERY_OTHER = "Any other refusal, such as 503 with Retry-After while the database is away, or 500."
NOT_MODIFIED = "What you have is the newest."

_HEADERS_OF_REFUSALS = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After", "default": "Retry-After"}

PARAMETERS: Json = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "the ETag of the version that you changed",
        "schema": {"type": "string"},
    },
    "IfMatchUnlessNew": {
        "name": "If-Match",
        "in": "header",
        "description": "the ETag of the version that you changed; this or If-None-Match has to be sent",
        "schema": {"type": "string"},
    },
    "IfNew": {
        "name": "If-None-Match",
        "in": "header",
        "description": "`*` for what is not there yet, in place of If-Match",
        "schema": {"type": "string", "enum": ["*"]},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "the ETag of the answer that you have; 304 when it is the newest",
        "schema": {"type": "string"},
    },
}

HEADERS: Json = {
    "ETag": {"description": "the version of this resource", "schema": {"type": "string"}},
    "Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "how to sign in (RFC 6750)", "schema": {"type": "string"}},
}


def refusal(status: str) -> Json:
    """Return the reference to a refusal; `default` stands for those not named."""
    return {"$ref": f"#/components/responses/{_name(status)}"}


def used_responses(paths: Json) -> Json:
    """Return the refusals that any operation refers to."""
    used = {
        status
        for item in paths.values()
        for operation in item.values()
        if isinstance(operation, dict)
        for status, response in operation["responses"].items()
        if "$ref" in response
    }
    return {_name(status): _response(status) for status in sorted(used)}


def _name(status: str) -> str:
    return "OtherRefusal" if status == "default" else REFUSALS[status][0]


def _response(status: str) -> Json:
    description = EVERY_OTHER if status == "default" else REFUSALS[status][1]
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    header = _HEADERS_OF_REFUSALS.get(status)
    headers = {"headers": {header: {"$ref": f"#/components/headers/{header}"}}} if header else {}
    return {"description": description, **headers, "content": content}
