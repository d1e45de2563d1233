"""JSON shapes of second factors: what a person has, what they set up, and what they show."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from hep_api.accounts.passwords import LONGEST
from hep_api.foundation.web.fields import Id, Instant, Secret, Several, Text
from hep_api.foundation.web.rules import Broken
from hep_api.foundation.web.schemas import In, Out

# Base64url of the largest that authenticators send: an attestation with a chain of certificates.
LONGEST_BASE64 = 16_000
SHOWN_ONCE = {"description": "shown this once; null when the account has some already"}
OPTIONS = {"type": "object", "additionalProperties": True}


class TotpCode(Secret):
    """Six digits, with spaces as people write them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=20, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        code = super()._deserialize(value, attr, data, **kwargs).replace(" ", "")
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError([Broken("code", "Must be six digits.")])
        return code


class FromBrowser(Schema):
    """A part of what `navigator.credentials` returns, as its toJSON gives it. Browsers add to it, so what we do not
    read is passed over.
    """

    class Meta:
        unknown = EXCLUDE


def _base64(name: str, **options: Any) -> Secret:
    return Secret(most=LONGEST_BASE64, data_key=name, attribute=name, required=True, **options)


class AssertionResponseIn(FromBrowser):
    client_data = _base64("clientDataJSON")
    authenticator_data = _base64("authenticatorData")
    signature = _base64("signature")


class AssertionIn(FromBrowser):
    """What `navigator.credentials.get` returned."""

    id = _base64("id")
    raw_id = _base64("rawId")
    type = Text(most=20, required=True)
    response = fields.Nested(AssertionResponseIn, required=True)


class CreationResponseIn(FromBrowser):
    client_data = _base64("clientDataJSON")
    attestation = _base64("attestationObject")
    transports = Several(Text(most=20), most=10)


class CreationIn(FromBrowser):
    """What `navigator.credentials.create` returned."""

    id = _base64("id")
    raw_id = _base64("rawId")
    type = Text(most=20, required=True)
    response = fields.Nested(CreationResponseIn, required=True)


class OneOfIn(In):
    """A second factor, shown in one of several ways; exactly one is sent."""

    totp_code = TotpCode(metadata={"description": "six digits of the authenticator app, good once"})
    recovery_code = Secret(most=100, metadata={"description": "one of the recovery codes, good once"})
    passkey = fields.Nested(AssertionIn, metadata={"description": "what the authenticator answered"})

    @validates_schema
    def refuse_several(self, data: Mapping[str, Any], **_: Any) -> None:
        ways = {"totp_code", "recovery_code", "passkey", "password"} & self.fields.keys()
        if len(ways & data.keys()) != 1:
            raise ValidationError([Broken("one_of", f"Send exactly one of: {', '.join(sorted(ways))}.")])


class StepUpIn(OneOfIn):
    password = Secret(most=LONGEST, metadata={"description": "only of patients without any second factor"})


class SteppedUpOut(Out):
    """Until when what is sensitive is open."""

    expires_in = fields.Integer(metadata={"description": "seconds"})


class PasskeyOptionsOut(Out):
    """What `navigator.credentials.create` or `.get` takes as `publicKey`, in its JSON form."""

    public_key = fields.Dict(keys=fields.String(), metadata=OPTIONS)


class TotpOut(Out):
    confirmed_at = Instant()


class PasskeyOut(Out):
    id = Id()
    name = fields.String()
    created_at = Instant()
    last_used_at = Instant(allow_none=True)
    copied_at = Instant(
        allow_none=True, metadata={"description": "when it was used as if there were a copy of it; remove it then"}
    )


class PasskeysOut(Out):
    items = fields.List(fields.Nested(PasskeyOut))


class SecondFactorsOut(Out):
    """The second factors of one's account."""

    is_required = fields.Boolean(metadata={"description": "whether the clinic requires one of you"})
    totp = fields.Nested(TotpOut, allow_none=True)
    passkeys = fields.List(fields.Nested(PasskeyOut))
    passkeys_possible = fields.Boolean(metadata={"description": "whether this installation has a domain for them"})
    recovery_codes_left = fields.Integer()


class OfferedTotpOut(Out):
    """What an authenticator app takes, shown this once; it counts when it was confirmed by a code."""

    secret = fields.String(metadata={"description": "to be typed where no camera is, in base 32"})
    uri = fields.String(metadata={"description": "otpauth:// link, to be opened on the phone itself"})
    qr_svg = fields.String(metadata={"description": "QR code of the link: data URI of an SVG, for a picture's source"})


class TotpConfirmationIn(In):
    totp_code = TotpCode(required=True)


class RecoveryCodesOut(Out):
    """Codes that stand in for a lost second factor, each once: to be kept on paper."""

    recovery_codes = fields.List(fields.String(), metadata={"description": "shown this once"})


class AddedOut(Out):
    """A second factor counts from now on."""

    recovery_codes = fields.List(fields.String(), allow_none=True, metadata=SHOWN_ONCE)


class PasskeyIn(In):
    name = Text(most=100, load_default="Passkey", metadata={"description": "what the person calls the device"})
    credential = fields.Nested(CreationIn, required=True)


class AddedPasskeyOut(AddedOut):
    """A passkey counts from now on."""

    passkey = fields.Nested(PasskeyOut)


class PasskeyChangeIn(In):
    name = Text(most=100, required=True)
