"""The report in German; the patient is addressed as Sie."""

from hep_api.adherence.entries import SkipReason
from hep_api.integrations.progress_reports.phrases.phrasebook import Named, Phrasebook, Voice
from hep_api.plans.models.goals import GoalState
from hep_api.plans.models.plans import DischargeReason

GERMAN = Phrasebook(
    patient=Voice(
        title="Ihr Verlauf",
        goals="Ihre Ziele",
        figures="So lief es",
        by_week="Woche für Woche",
        pain="Schmerz und Anstrengung",
        skips="Was dazwischenkam",
        exercises="Ihre Übungen",
        changes="Was sich an Ihrem Plan geändert hat",
        definitions="Was die Zahlen bedeuten",
        measures={
            "completion": Named(
                "Gemachte Übungen", "Wie viel von allem, was anstand, Sie mindestens zur Hälfte taten."
            ),
            "dose": Named("Gemachte Menge", "Wie viel der geplanten Menge Sie geschafft haben; mehr zählt nicht mit."),
            "active_days": Named("Aktive Tage", "Von den Tagen mit Übungen die, an denen Sie mindestens eine machten."),
            "full_days": Named("Volle Tage", "Von den Tagen mit Übungen die, an denen Sie alles machten."),
        },
    ),
    doctor=Voice(
        title="Verlaufsbericht: Heimübungsprogramm",
        goals="Ziele",
        figures="Adhärenz",
        by_week="Adhärenz nach Wochen",
        pain="Schmerz und Anstrengung",
        skips="Gründe für ausgelassene Übungen",
        exercises="Verordnete Übungen",
        changes="Änderungen des Programms",
        definitions="Definitionen",
        measures={
            "completion": Named(
                "Durchführung",
                "Erledigte durch erwartete Anwendungen, begrenzt je Verordnung und Tag (Wochenpensum: je Woche). "
                "Erledigt: mindestens die Hälfte des geplanten Umfangs.",
            ),
            "dose": Named(
                "Dosis", "Angerechneter Anteil des geplanten Umfangs durch erwartete Anwendungen, je höchstens 1."
            ),
            "active_days": Named(
                "Aktive Tage", "Tage mit mindestens einer erledigten fälligen Verordnung durch Tage mit Fälligem."
            ),
            "full_days": Named("Volle Tage", "Tage, an denen alles Fällige erledigt ist, durch Tage mit Fälligem."),
            "relative_dose": Named(
                "Relative Dosis", "Umfang aller Ausführungen durch erwartete Anwendungen, unbegrenzt."
            ),
            "over_performance": Named(
                "Mehrleistung", "Erledigte Ausführungen über die erwarteten hinaus durch erwartete Anwendungen."
            ),
        },
    ),
    for_whom="Für {name}",
    born="geboren am {date}",
    to_doctor="An {name}",
    plan="Plan: {title}",
    runs_from="seit {date}",
    runs_between="vom {first} bis {last}",
    own_why="Wofür Sie das tun:",
    period="Zeitraum: {dates}",
    no_days="Noch ist kein Tag des Plans vorbei; es gibt nichts zu zählen.",
    author="Ausgestellt von {name}",
    practitioner="Federführend: {name}",
    known="Stand {instant}; was danach gemeldet wurde, ist nicht enthalten.",
    visits="Verordnete Termine: {n}",
    counts="{days} Tage, {expected} fällige Übungen, {entries} Meldungen.",
    not_measurable="nicht messbar",
    measure="Maß",
    value="Wert",
    of="{numerator} von {denominator}",
    week="Woche",
    chart_of="{measure} nach Wochen",
    chart_range="{weeks} Wochen; niedrigster Wert {low}, höchster {high}, letzter {last}. Alle Werte in der Tabelle.",
    chart_empty="In diesen Wochen ist nichts zu messen.",
    rating_pain="Schmerz",
    rating_effort="Anstrengung",
    rating_axis="Schmerz und Anstrengung nach Tagen, 0 bis 10, Median jedes Tages mit Meldung",
    rating_table="Niedrigster bis höchster Tagesmedian, 0 bis 10",
    days_reported="Tage mit Meldung",
    range_of="{low} bis {high}",
    slope="Tendenz über die letzten 14 Tage, je Tag: Schmerz {pain}, Anstrengung {effort}.",
    reason="Grund",
    times="Mal",
    no_reason="ohne Angabe",
    exercise="Übung",
    prescribed="Verordnet",
    ended="beendet",
    start="Anfang: {value}",
    target="Ziel: {value}",
    target_by="bis {date}",
    measured="{value} am {date}",
    progress="{percent} des Weges",
    pauses="Pausen",
    pause="{first} bis {last}",
    pause_open="seit {first}",
    nothing="Keine.",
    report="Bericht {id}",
    seal="SHA-256 dieser Seite mit 64 Nullen anstelle dieser Ziffern:",
    reasons={
        SkipReason.PAIN: "Schmerzen",
        SkipReason.NO_TIME: "keine Zeit",
        SkipReason.FORGOT: "vergessen",
        SkipReason.UNCLEAR: "unklar, wie",
        SkipReason.NO_EQUIPMENT: "kein Gerät",
        SkipReason.TOO_HARD: "zu schwer",
        SkipReason.TOO_EASY: "zu leicht",
        SkipReason.UNWELL: "unwohl",
        SkipReason.TRAVELLING: "auf Reisen",
        SkipReason.OTHER: "anderes",
    },
    states={
        GoalState.OPEN: "offen",
        GoalState.REACHED: "erreicht",
        GoalState.NOT_REACHED: "nicht erreicht",
        GoalState.WITHDRAWN: "zurückgezogen",
    },
    discharged={
        DischargeReason.GOALS_MET: "Beendet: Ziele erreicht",
        DischargeReason.TRANSITIONED_TO_INDEPENDENT: "Beendet: geht selbständig weiter",
        DischargeReason.PLATEAU: "Beendet: kein weiterer Fortschritt",
        DischargeReason.REFERRED_ON: "Beendet: weiterverwiesen",
        DischargeReason.SELF_DISCHARGED: "Auf eigenen Wunsch beendet",
        DischargeReason.LOST_TO_FOLLOW_UP: "Beendet: nicht mehr erreichbar",
        DischargeReason.OTHER: "Aus anderem Grund beendet",
    },
)
