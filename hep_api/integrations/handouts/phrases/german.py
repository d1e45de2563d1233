"""The handout in German; the patient is addressed as Sie."""

from hep_api.integrations.handouts.phrases.phrasebook import Phrasebook

GERMAN = Phrasebook(
    title="Ihre Übungen für zu Hause",
    for_whom="Für {name}",
    printed_on="Erstellt am {date}",
    practitioner="Sie werden behandelt von: {name}",
    questions="Fragen, oder tut etwas weh? Rufen Sie uns an:",
    open_app="In der App öffnen",
    open_app_hint="Halten Sie die Kamera Ihres Telefons über den Code.",
    nothing="Für diese Tage sind keine Übungen vorgesehen.",
    how_to="So geht es",
    as_above="Bilder und Schritte stehen weiter oben.",
    cues="Denken Sie daran",
    precautions="Achten Sie auf",
    note="Hinweis:",
    from_day="Ab {date}",
    from_day_of="Ab {date}:",
    until_day="Bis {date}:",
    table="Haken Sie ab, was Sie gemacht haben",
    table_hint="Haken Sie jedes Mal ein Kästchen ab, wenn Sie die Übung gemacht haben.",
    of_week="Woche {dates}",
    exercise="Übung",
    to_do="zu tun",
    not_due="nichts zu tun",
    paused="Pause",
    this_week="an Tagen Ihrer Wahl:",
    as_needed="bei Bedarf; machen Sie jedes Mal einen Strich:",
    boxes="{n} zu tun",
)
