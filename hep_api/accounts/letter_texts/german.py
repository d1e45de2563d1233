"""Letters about accounts in German; people are addressed as Sie."""

from collections.abc import Mapping

from hep_api.accounts.letter_texts.text import Letter, LetterText

NOT_YOU = "Wenn Sie das nicht waren, fordern Sie in der App sofort ein neues Passwort an und sagen Sie es Ihrer Praxis."

GERMAN: Mapping[Letter, LetterText] = {
    Letter.SIGN_IN_REUSED: LetterText(
        "Eine Ihrer Anmeldungen wurde beendet",
        (
            (
                "Am {at} wurde eine Ihrer Anmeldungen von zwei Geräten benutzt. Vielleicht hat jemand sie kopiert, "
                "darum haben wir sie beendet."
            ),
            (
                "Melden Sie sich auf Ihrem Gerät neu an. In der App sehen Sie, wo Sie angemeldet sind, und können "
                "beenden, was nicht von Ihnen ist."
            ),
        ),
    ),
    Letter.PASSWORD_CHANGED: LetterText(
        "Ihr Passwort wurde geändert",
        (
            "Das Passwort Ihres Kontos wurde am {at} geändert. Ihre anderen Geräte wurden abgemeldet.",
            NOT_YOU,
        ),
    ),
    Letter.PASSWORD_RESET: LetterText(
        "Neues Passwort wählen",
        (
            "Am {at} hat jemand, hoffentlich Sie, ein neues Passwort für Ihr Konto angefordert.",
            "Öffnen Sie diesen Link innerhalb von zehn Minuten. Er gilt einmal:",
            "{link}",
            "Wenn Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.",
        ),
        button="Neues Passwort wählen",
    ),
    Letter.SECOND_FACTOR_CHANGED: LetterText(
        "Ihr zweiter Faktor wurde geändert",
        (
            (
                "Am {at} wurde ein zweiter Faktor Ihres Kontos hinzugefügt, ersetzt oder entfernt, oder ein "
                "Notfallcode wurde verbraucht."
            ),
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_REFUSED: LetterText(
        "Jemand hat Ihr Passwort",
        (
            (
                "Am {at} hat jemand Ihr Passwort und dann mehrmals einen falschen zweiten Faktor angegeben. Die "
                "Anmeldung wurde verweigert."
            ),
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_KEPT: LetterText(
        "Ihr zweiter Faktor wurde nicht entfernt",
        (
            "Am {at} hat eine Ihrer Praxen darum gebeten, den zweiten Faktor Ihres Kontos zu entfernen.",
            "Ihr Konto dient Ihnen in mehr als einer Praxis, darum wurde nichts entfernt.",
            "Wenn Sie selbst darum gebeten haben, sagt Ihre Praxis Ihnen, wer diesen Dienst betreibt: Dort geht es.",
            NOT_YOU,
        ),
    ),
    Letter.PASSKEY_COPIED: LetterText(
        "Einer Ihrer Passkeys wurde vielleicht kopiert",
        (
            (
                "Am {at} wurde einer Ihrer Passkeys so benutzt, wie sein Gerät ihn nicht benutzen würde. Er wurde "
                "abgelehnt."
            ),
            "In der App sehen Sie, welcher es war. Entfernen Sie ihn und legen Sie einen neuen an.",
        ),
    ),
    Letter.FIREBASE_LINK_CHANGED: LetterText(
        "Ihre Art der Anmeldung wurde geändert",
        (
            "Am {at} wurde ein Firebase-Konto zum Anmelden mit Ihrem Konto verbunden oder davon getrennt.",
            NOT_YOU,
        ),
    ),
    Letter.EMERGENCY_ACCESS: LetterText(
        "Notfallzugriff bei {clinic}",
        (
            "Am {at} hat jemand vom Team von {clinic} mit einem Notfallzugriff eine Akte geöffnet.",
            (
                "Wer es war, welche Akte und warum, steht in der Liste der Notfallzugriffe der Praxis. Bitte sehen Sie "
                "nach."
            ),
        ),
    ),
    Letter.EXPORT_READY: LetterText(
        "Ein Export ist fertig",
        ("Der Export, der bei {clinic} angefordert wurde, ist fertig. Er kann kurze Zeit in der App geholt werden.",),
    ),
    Letter.ERASURE_ASKED: LetterText(
        "Ein Antrag auf Löschung wartet bei {clinic}",
        (
            (
                "Am {at} hat jemand {clinic} gebeten, die Daten einer Person zu löschen. Sie entscheiden darüber: "
                "Bitte sehen Sie in der App nach."
            ),
        ),
    ),
    Letter.ERASURE_DECIDED: LetterText(
        "Über einen Antrag auf Löschung wurde entschieden",
        ("{clinic} hat am {at} über Ihren Antrag entschieden, Ihre Daten zu löschen. Wie, sagt Ihnen Ihre Praxis.",),
    ),
}
