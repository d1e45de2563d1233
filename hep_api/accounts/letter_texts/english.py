"""Letters about accounts in English."""

from collections.abc import Mapping

from hep_api.accounts.letter_texts.text import Letter, LetterText

NOT_YOU = "If this was not you, ask for a new password in the app at once, and tell your clinic."

ENGLISH: Mapping[Letter, LetterText] = {
    Letter.SIGN_IN_REUSED: LetterText(
        "One of your sign-ins was ended",
        (
            "On {at} one of your sign-ins was used by two devices. Somebody may have copied it, so we ended it.",
            "Sign in again on your device. In the app you see where you are signed in, and can end what is not yours.",
        ),
    ),
    Letter.PASSWORD_CHANGED: LetterText(
        "Your password was changed",
        (
            "The password of your account was changed on {at}. Your other devices were signed out.",
            NOT_YOU,
        ),
    ),
    Letter.PASSWORD_RESET: LetterText(
        "Choose a new password",
        (
            "On {at} somebody, hopefully you, asked for a new password for your account.",
            "Open this link within ten minutes. It works once:",
            "{link}",
            "If it was not you, you need not do anything: your password stays as it is.",
        ),
        button="Choose a password",
    ),
    Letter.SECOND_FACTOR_CHANGED: LetterText(
        "How you prove that it is you was changed",
        (
            "On {at} a second factor of your account was added, replaced or removed, or a recovery code was used up.",
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_REFUSED: LetterText(
        "Somebody has your password",
        (
            "On {at} somebody gave your password and then several wrong second factors. They were not let in.",
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_KEPT: LetterText(
        "Your second factor was not removed",
        (
            "On {at} one of your clinics asked to remove the second factor of your account.",
            "Your account serves you in more than one clinic, so nothing was removed.",
            "If it was you who asked, your clinic tells you who runs this service: they can do it.",
            NOT_YOU,
        ),
    ),
    Letter.PASSKEY_COPIED: LetterText(
        "One of your passkeys may have been copied",
        (
            "On {at} one of your passkeys was used in a way that the device it is on would not use it. It was refused.",
            "In the app you see which one it was. Remove it, and make a new one.",
        ),
    ),
    Letter.FIREBASE_LINK_CHANGED: LetterText(
        "How you sign in was changed",
        (
            "On {at} a Firebase account was linked to your account, to sign in with, or was unlinked from it.",
            NOT_YOU,
        ),
    ),
    Letter.EMERGENCY_ACCESS: LetterText(
        "Emergency access at {clinic}",
        (
            "On {at} a member of the staff of {clinic} took emergency access to a record.",
            "Who it was, to whose record, and why, stands in the clinic's list of emergency accesses. Please look.",
        ),
    ),
    Letter.EXPORT_READY: LetterText(
        "An export is ready",
        ("The export that was asked for at {clinic} is ready. It can be fetched in the app for a short time.",),
    ),
    Letter.ERASURE_ASKED: LetterText(
        "A request for erasure waits at {clinic}",
        ("On {at} somebody asked {clinic} to erase a person's data. As an owner you decide: please look in the app.",),
    ),
    Letter.ERASURE_DECIDED: LetterText(
        "A request for erasure was decided",
        ("{clinic} decided on {at} about your request to erase your data. Your clinic tells you what it decided.",),
    ),
}
