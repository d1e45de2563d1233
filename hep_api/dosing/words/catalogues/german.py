"""Doses and schedules in German; the patient is addressed as Sie.

"Täglich" says every day, so on chosen days it is "am Tag". Numbers up to twelve are written out before "-mal".
"""

from collections.abc import Mapping

from hep_api.dosing.words.catalogue import Catalogue

TIMES = (
    "einmal",
    "zweimal",
    "dreimal",
    "viermal",
    "fünfmal",
    "sechsmal",
    "siebenmal",
    "achtmal",
    "neunmal",
    "zehnmal",
    "elfmal",
    "zwölfmal",
)


def _times(words: str) -> Mapping[int | str, str]:
    written_out: dict[int | str, str] = {n: words.replace("{times}", each) for n, each in enumerate(TIMES, start=1)}
    return {**written_out, "other": words.replace("{times}", "{n}-mal")}


GERMAN = Catalogue(
    locale="de",
    lists="de",
    hours={"one": "{n} Stunde", "other": "{n} Stunden"},
    minutes={"one": "{n} Minute", "other": "{n} Minuten"},
    seconds={"one": "{n} Sekunde", "other": "{n} Sekunden"},
    and_lengths=" ",
    reps={"one": "{n} Wiederholung", "other": "{n} Wiederholungen"},
    sets_of_reps={"one": "{n} Satz à {amount}", "other": "{n} Sätze à {amount}"},
    sets_of_time={1: "{time}", "other": "{n} Sätze à {time}"},
    held_each_rep="je {time} halten",
    held="{time} halten",
    held_times=_times("{times} {time} halten"),
    each_side="pro Seite",
    rest_between_sets="{time} Pause zwischen den Sätzen",
    rest_between_holds="dazwischen {time} Pause",
    rest="danach {time} Pause",
    with_weight="mit {weight} {unit}",
    with_band="mit {band}",
    band_of_colour="Band ({colour})",
    any_band="Band",
    bands={
        "beige": "beigem Band",
        "black": "schwarzem Band",
        "blue": "blauem Band",
        "brown": "braunem Band",
        "gold": "goldenem Band",
        "green": "grünem Band",
        "grey": "grauem Band",
        "orange": "orangefarbenem Band",
        "pink": "rosafarbenem Band",
        "purple": "violettem Band",
        "red": "rotem Band",
        "silver": "silbernem Band",
        "white": "weißem Band",
        "yellow": "gelbem Band",
    },
    times_a_day=_times("{times} täglich"),
    times_on_such_a_day=_times("{times} am Tag"),
    only_on=("montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags", "sonntags"),
    from_day_to_day="{first} bis {last}",
    every_n_days={2: "jeden zweiten Tag", "other": "alle {n} Tage"},
    times_a_week={
        **_times("{times} pro Woche, an Tagen Ihrer Wahl"),
        1: "einmal pro Woche, an einem Tag Ihrer Wahl",
    },
    as_needed="bei Bedarf",
    at_most="bei Bedarf, höchstens {times}",
    most_a_day=_times("{times} am Tag"),
)
