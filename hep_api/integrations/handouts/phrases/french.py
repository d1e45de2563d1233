"""The handout in French; the patient is addressed as vous."""

from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook

FRENCH = Phrasebook(
    title="Vos exercices à la maison",
    for_whom="Pour {name}",
    printed_on="Établi le {date}",
    practitioner="Votre praticien ou praticienne : {name}",
    questions="Des questions, ou une douleur ? Appelez-nous :",
    open_app="Ouvrir dans l'application",
    open_app_hint="Placez l'appareil photo de votre téléphone devant le code.",
    nothing="Aucun exercice n'est prévu à ces dates.",
    how_to="Comment faire",
    as_above="Les images et les étapes se trouvent plus haut.",
    cues="À retenir",
    precautions="Attention",
    note="Remarque :",
    from_day="À partir du {date}",
    from_day_of="À partir du {date} :",
    until_day="Jusqu'au {date} :",
    table="Cochez ce que vous avez fait",
    table_hint="Cochez une case chaque fois que vous faites l'exercice.",
    of_week="Semaine {dates}",
    exercise="Exercice",
    to_do="à faire",
    not_due="rien de prévu",
    paused="pause",
    this_week="les jours de votre choix :",
    as_needed="au besoin ; faites un trait à chaque fois :",
    boxes="{n} à faire",
)
