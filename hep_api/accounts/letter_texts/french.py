"""Letters about accounts in French; people are addressed as vous."""

from collections.abc import Mapping

from hep_api.accounts.letter_texts.text import Letter, LetterText

NOT_YOU = (
    "Si ce n'était pas vous, demandez tout de suite un nouveau mot de passe dans l'application et prévenez votre "
    "cabinet."
)

FRENCH: Mapping[Letter, LetterText] = {
    Letter.SIGN_IN_REUSED: LetterText(
        "L'une de vos connexions a été fermée",
        (
            (
                "Le {at}, l'une de vos connexions a servi à deux appareils. Quelqu'un l'a peut-être copiée, nous "
                "l'avons donc fermée."
            ),
            (
                "Reconnectez-vous sur votre appareil. Dans l'application, vous voyez où vous êtes connecté et pouvez "
                "fermer ce qui n'est pas à vous."
            ),
        ),
    ),
    Letter.PASSWORD_CHANGED: LetterText(
        "Votre mot de passe a été changé",
        (
            "Le mot de passe de votre compte a été changé le {at}. Vos autres appareils ont été déconnectés.",
            NOT_YOU,
        ),
    ),
    Letter.PASSWORD_RESET: LetterText(
        "Choisissez un nouveau mot de passe",
        (
            "Le {at}, quelqu'un, vous sans doute, a demandé un nouveau mot de passe pour votre compte.",
            "Ouvrez ce lien dans les dix minutes. Il ne sert qu'une fois :",
            "{link}",
            "Si ce n'était pas vous, vous n'avez rien à faire : votre mot de passe reste le même.",
        ),
        button="Choisir un mot de passe",
    ),
    Letter.SECOND_FACTOR_CHANGED: LetterText(
        "Votre second facteur a été modifié",
        (
            (
                "Le {at}, un second facteur de votre compte a été ajouté, remplacé ou retiré, ou un code de secours a "
                "été utilisé."
            ),
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_REFUSED: LetterText(
        "Quelqu'un a votre mot de passe",
        (
            (
                "Le {at}, quelqu'un a donné votre mot de passe puis plusieurs fois un second facteur faux. La "
                "connexion a été refusée."
            ),
            NOT_YOU,
        ),
    ),
    Letter.SECOND_FACTOR_KEPT: LetterText(
        "Votre second facteur n'a pas été retiré",
        (
            "Le {at}, l'un de vos cabinets a demandé de retirer le second facteur de votre compte.",
            "Votre compte vous sert dans plus d'un cabinet : rien n'a donc été retiré.",
            "Si c'était votre demande, votre cabinet vous dira qui gère ce service : c'est là que cela se fait.",
            NOT_YOU,
        ),
    ),
    Letter.PASSKEY_COPIED: LetterText(
        "L'une de vos clés d'accès a peut-être été copiée",
        (
            "Le {at}, l'une de vos clés d'accès a servi comme son appareil ne s'en servirait pas. Elle a été refusée.",
            "Dans l'application, vous voyez laquelle. Retirez-la et créez-en une autre.",
        ),
    ),
    Letter.FIREBASE_LINK_CHANGED: LetterText(
        "Votre façon de vous connecter a changé",
        (
            "Le {at}, un compte Firebase servant à la connexion a été lié à votre compte, ou en a été séparé.",
            NOT_YOU,
        ),
    ),
    Letter.EMERGENCY_ACCESS: LetterText(
        "Accès d'urgence chez {clinic}",
        (
            "Le {at}, une personne de l'équipe de {clinic} a ouvert un dossier par un accès d'urgence.",
            "Qui, quel dossier et pourquoi : c'est dans la liste des accès d'urgence du cabinet. Merci d'y regarder.",
        ),
    ),
    Letter.EXPORT_READY: LetterText(
        "Un export est prêt",
        ("L'export demandé chez {clinic} est prêt. Il peut être récupéré dans l'application pendant peu de temps.",),
    ),
    Letter.ERASURE_ASKED: LetterText(
        "Une demande d'effacement attend chez {clinic}",
        (
            (
                "Le {at}, quelqu'un a demandé à {clinic} d'effacer les données d'une personne. C'est à vous de décider "
                ": merci de regarder dans l'application."
            ),
        ),
    ),
    Letter.ERASURE_DECIDED: LetterText(
        "Une demande d'effacement a été tranchée",
        ("{clinic} a décidé le {at} de votre demande d'effacer vos données. Votre cabinet vous dira ce qu'il en est.",),
    ),
}
