"""The report in French; the patient is addressed as vous."""

from hep_api.adherence.entries import SkipReason
from hep_api.integrations.progress_reports.phrases.phrasebook import Named, Phrasebook, Voice
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason

FRENCH = Phrasebook(
    patient=Voice(
        title="Vos progrès",
        goals="Vos objectifs",
        figures="Comment cela s'est passé",
        by_week="Semaine par semaine",
        pain="Douleur et effort",
        skips="Ce qui vous en a empêché",
        exercises="Vos exercices",
        changes="Ce qui a changé dans votre plan",
        definitions="Ce que disent les chiffres",
        measures={
            "completion": Named(
                "Exercices faits", "De tout ce qui était prévu, ce que vous avez fait au moins à moitié."
            ),
            "dose": Named(
                "Quantité faite", "De la quantité prévue, ce que vous avez fait\u00a0; le surplus ne compte pas."
            ),
            "active_days": Named("Jours actifs", "Des jours avec exercices, ceux où vous en avez fait au moins un."),
            "full_days": Named("Jours complets", "Des jours avec exercices, ceux où vous avez tout fait."),
        },
    ),
    doctor=Voice(
        title="Rapport de suivi\u00a0: programme d'exercices à domicile",
        goals="Objectifs",
        figures="Adhésion",
        by_week="Adhésion par semaine",
        pain="Douleur et effort",
        skips="Raisons des exercices omis",
        exercises="Exercices prescrits",
        changes="Modifications du programme",
        definitions="Définitions",
        measures={
            "completion": Named(
                "Réalisation",
                "Séances réalisées sur séances attendues, plafonnées par prescription et jour (quotas\u00a0: semaine). "
                "Réalisée\u00a0: au moins la moitié du volume prévu.",
            ),
            "dose": Named("Dose", "Part créditée du volume prévu sur séances attendues, au plus 1 pour chacune."),
            "active_days": Named(
                "Jours actifs", "Jours avec au moins une prescription due réalisée sur jours avec quelque chose de dû."
            ),
            "full_days": Named("Jours complets", "Jours où tout ce qui était dû est réalisé, sur jours avec un dû."),
            "relative_dose": Named(
                "Dose relative", "Volume de tout ce qui est fait sur séances attendues, sans plafond."
            ),
            "over_performance": Named(
                "Surplus", "Séances réalisées au-delà des séances attendues sur séances attendues."
            ),
        },
    ),
    for_whom="Pour {name}",
    born="date de naissance\u00a0: {date}",
    to_doctor="À l'attention de {name}",
    plan="Plan\u00a0: {title}",
    runs_from="depuis le {date}",
    runs_between="du {first} au {last}",
    own_why="Pourquoi vous le faites\u00a0:",
    period="Période\u00a0: {dates}",
    no_days="Aucun jour du plan n'est encore terminé\u00a0; il n'y a rien à compter.",
    author="Établi par {name}",
    practitioner="Référent\u00a0: {name}",
    known="État connu au {instant}\u00a0; ce qui a été signalé ensuite n'y figure pas.",
    visits="Visites prescrites\u00a0: {n}",
    counts="{days} jours, {expected} exercices dus, {entries} signalements reçus.",
    not_measurable="non mesurable",
    measure="Mesure",
    value="Valeur",
    of="{numerator} sur {denominator}",
    week="Semaine",
    chart_of="{measure} par semaine",
    chart_range="{weeks} semaines\u00a0; minimum {low}, maximum {high}, dernière valeur {last}. "
    "Le tableau donne chaque valeur.",
    chart_empty="Rien à mesurer pendant ces semaines.",
    rating_pain="Douleur",
    rating_effort="Effort",
    rating_axis="Douleur et effort par jour, de 0 à 10, médiane de chaque jour signalé",
    rating_table="De la plus basse à la plus haute médiane du jour, de 0 à 10",
    days_reported="Jours signalés",
    range_of="de {low} à {high}",
    slope="Tendance des 14 derniers jours, par jour\u00a0: douleur {pain}, effort {effort}.",
    reason="Raison",
    times="Fois",
    no_reason="sans raison indiquée",
    exercise="Exercice",
    prescribed="Prescrit",
    ended="terminé",
    start="Départ\u00a0: {value}",
    target="But\u00a0: {value}",
    target_by="d'ici au {date}",
    measured="{value} le {date}",
    progress="{percent} du chemin",
    pauses="Pauses",
    pause="du {first} au {last}",
    pause_open="depuis le {first}",
    nothing="Aucun.",
    report="Rapport {id}",
    seal="SHA-256 de cette page avec 64 zéros à la place de ces chiffres\u00a0:",
    reasons={
        SkipReason.PAIN: "douleur",
        SkipReason.NO_TIME: "pas le temps",
        SkipReason.FORGOT: "oubli",
        SkipReason.UNCLEAR: "consigne peu claire",
        SkipReason.NO_EQUIPMENT: "pas de matériel",
        SkipReason.TOO_HARD: "trop difficile",
        SkipReason.TOO_EASY: "trop facile",
        SkipReason.UNWELL: "souffrant",
        SkipReason.TRAVELLING: "en voyage",
        SkipReason.OTHER: "autre",
    },
    states={
        GoalState.OPEN: "en cours",
        GoalState.REACHED: "atteint",
        GoalState.NOT_REACHED: "non atteint",
        GoalState.WITHDRAWN: "retiré",
    },
    discharged={
        DischargeReason.GOALS_MET: "Terminé\u00a0: objectifs atteints",
        DischargeReason.TRANSITIONED_TO_INDEPENDENT: "Terminé\u00a0: poursuite en autonomie",
        DischargeReason.PLATEAU: "Terminé\u00a0: plus de progrès",
        DischargeReason.REFERRED_ON: "Terminé\u00a0: réorientation",
        DischargeReason.SELF_DISCHARGED: "Arrêté par la personne",
        DischargeReason.LOST_TO_FOLLOW_UP: "Terminé\u00a0: plus de contact",
        DischargeReason.OTHER: "Terminé pour une autre raison",
    },
)
