"""The shape of a push as FCM HTTP v1 takes it; whatever it does not know, or is too long, is an INVALID_ARGUMENT.

Source: the REST reference of projects.messages, and the limits that Apple's service adds for what goes to iPhones.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 4096
APNS_MOST_COLLAPSE_BYTES = 64
RESERVED = re.compile(r"(from|message_type|google.*|gcm.*)")
SECONDS = re.compile(r"\d+(\.\d{1,9})?s")
FIELDS = {"token", "fid", "name", "data", "notification", "android", "apns", "webpush", "fcm_options"}
NOTIFICATION = {"title", "body", "image"}
ANDROID = {
    "collapse_key",
    "priority",
    "ttl",
    "restricted_package_name",
    "data",
    "notification",
    "fcm_options",
    "direct_boot_ok",
}
APNS = {"headers", "payload", "fcm_options"}


class Misshapen(Exception):
    """FCM would refuse it; says what is wrong."""


def read(raw: bytes) -> dict[str, Any]:
    """Return the message of a request; Misshapen when FCM would refuse it."""
    _expect(len(raw) <= MOST_BYTES, "too long")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Misshapen("no JSON") from error
    _expect(isinstance(body, dict) and set(body) <= {"message", "validate_only"}, "unknown field beside message")
    message = body.get("message")
    _expect(isinstance(message, dict), "no message")
    _known(message, FIELDS, "message")
    _expect(len({"token", "fid"} & set(message)) == 1, "one of token and fid")
    _expect(all(_is_text(message.get(name, "x")) for name in ("token", "fid")), "token is no text")
    _texts(message.get("data", {}), "data")
    _expect(not any(RESERVED.fullmatch(name) for name in message.get("data", {})), "reserved name in data")
    _known(message.get("notification", {}), NOTIFICATION, "notification")
    _check_android(message.get("android", {}))
    _check_apns(message.get("apns", {}))
    return dict(message)


def collapse_keys(message: Mapping[str, Any]) -> set[str]:
    """Return the keys by which a phone replaces what it showed before, one for each kind of phone that is spoken to."""
    android = message.get("android", {})
    shown = android.get("notification", {}).get("tag")
    apple = message.get("apns", {}).get("headers", {}).get("apns-collapse-id")
    web = {name.lower(): text for name, text in message.get("webpush", {}).get("headers", {}).items()}
    return {key for key in (android.get("collapse_key"), shown, apple, web.get("topic")) if key}


def _check_android(android: Any) -> None:
    _known(android, ANDROID, "android")
    _expect(str(android.get("priority", "normal")).lower() in ("normal", "high"), "android.priority")
    _expect(SECONDS.fullmatch(str(android.get("ttl", "0s"))) is not None, "android.ttl")
    _expect(_is_text(android.get("collapse_key", "x")), "android.collapse_key")


def _check_apns(apns: Any) -> None:
    _known(apns, APNS, "apns")
    headers = apns.get("headers", {})
    _texts(headers, "apns.headers")
    _expect(headers.get("apns-priority", "10") in ("1", "5", "10"), "apns-priority")
    _expect(headers.get("apns-expiration", "0").isdigit(), "apns-expiration")
    _expect(len(headers.get("apns-collapse-id", "").encode()) <= APNS_MOST_COLLAPSE_BYTES, "apns-collapse-id")
    _expect("payload" not in apns or "aps" in apns["payload"], "apns.payload without aps")


def _texts(given: Any, name: str) -> None:
    is_plain = isinstance(given, dict) and all(isinstance(text, str) for text in given.values())
    _expect(is_plain, f"{name} holds what is no text")


def _known(given: Any, names: set[str], where: str) -> None:
    _expect(isinstance(given, dict) and set(given) <= names, f"unknown field in {where}")


def _is_text(given: Any) -> bool:
    return isinstance(given, str) and bool(given)


def _expect(is_so: Any, wrong: str) -> None:
    if not is_so:
        raise Misshapen(wrong)
