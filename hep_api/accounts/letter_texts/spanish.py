"""Letters about accounts in Spanish; people are addressed as usted."""

from collections.abc import Mapping

from hep_api.accounts.letter_texts.text import Letter, LetterText

NOT_YOU = "Si no fue usted, pida en la aplicación una contraseña nueva de inmediato y avise a su clínica."

SPANISH: Mapping[Letter, LetterText] = {
    Letter.SIGN_IN_REUSED: LetterText(
        "Se ha cerrado una de sus sesiones",
        (
            (
                "El {at} dos dispositivos usaron una de sus sesiones. Puede que alguien la haya copiado, por eso la "
                "hemos cerrado."
            ),
            "Vuelva a entrar en su dispositivo. En la aplicación ve dónde ha entrado y cierra lo que no sea suyo.",
        ),
    ),
    Letter.PASSWORD_CHANGED: LetterText(
        "Se ha cambiado su contraseña",
        (
            "La contraseña de su cuenta se cambió el {at}. Se cerró la sesión en sus otros dispositivos.",
            NOT_YOU,
        ),
    ),
    Letter.PASSWORD_RESET: LetterText(
        "Elija una contraseña nueva",
        (
            "El {at} alguien, esperamos que usted, pidió una contraseña nueva para su cuenta.",
            "Abra este enlace antes de diez minutos. Sirve una sola vez:",
            "{link}",
            "Si no fue usted, no tiene que hacer nada: su contraseña sigue igual.",
        ),
        button="Elegir contraseña",
    ),
    Letter.SECOND_FACTOR_CHANGED: LetterText(
        "Ha cambiado la forma de probar que es usted",
        (
            (
                "El {at} se añadió, se sustituyó o se quitó un segundo factor de su cuenta, o se gastó un código de "
                "recuperación."
            ),
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_REFUSED: LetterText(
        "Alguien tiene su contraseña",
        (
            "El {at} alguien dio su contraseña y después varios segundos factores equivocados. No pudo entrar.",
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_KEPT: LetterText(
        "Su segundo factor no se ha quitado",
        (
            "El {at} una de sus clínicas pidió quitar el segundo factor de su cuenta.",
            "Su cuenta le sirve en más de una clínica, por eso no se quitó nada.",
            "Si fue usted quien lo pidió, su clínica le dirá quién lleva este servicio: allí pueden hacerlo.",
            NOT_YOU,
        ),
    ),
    Letter.PASSKEY_COPIED: LetterText(
        "Puede que se haya copiado una de sus llaves de acceso",
        (
            "El {at} una de sus llaves de acceso se usó como su dispositivo no la usaría. Se rechazó.",
            "En la aplicación ve cuál fue. Quítela y cree otra.",
        ),
    ),
    Letter.FIREBASE_LINK_CHANGED: LetterText(
        "Ha cambiado su forma de entrar",
        (
            "El {at} se enlazó con su cuenta, o se separó de ella, una cuenta de Firebase para entrar.",
            NOT_YOU,
        ),
    ),
    Letter.EMERGENCY_ACCESS: LetterText(
        "Acceso de emergencia en {clinic}",
        (
            "El {at} alguien del equipo de {clinic} abrió un historial con un acceso de emergencia.",
            (
                "Quién fue, qué historial y por qué consta en la lista de accesos de emergencia de la clínica. Mírelo, "
                "por favor."
            ),
        ),
    ),
    Letter.EXPORT_READY: LetterText(
        "Hay una exportación lista",
        ("La exportación que se pidió en {clinic} está lista. Puede descargarse en la aplicación por poco tiempo.",),
    ),
    Letter.ERASURE_ASKED: LetterText(
        "Una solicitud de supresión espera en {clinic}",
        (
            (
                "El {at} alguien pidió a {clinic} que suprima los datos de una persona. Como titular decide usted: "
                "mire en la aplicación, por favor."
            ),
        ),
    ),
    Letter.ERASURE_DECIDED: LetterText(
        "Se ha decidido sobre una solicitud de supresión",
        ("{clinic} decidió el {at} sobre su solicitud de suprimir sus datos. Su clínica le dirá qué decidió.",),
    ),
}
