"""Doses and schedules in German, each written by hand, in the order of the combinations."""

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from tests.dosing.combinations import COMBINATIONS

WORDS = """
3 Sätze à 10 Wiederholungen, je 5 Sekunden halten, pro Seite, zweimal am Tag, Mo, Mi und Fr
3 Sätze à 10 Wiederholungen, einmal täglich
3 Sätze à 10 Wiederholungen, zweimal täglich
3 Sätze à 10 Wiederholungen, dreimal täglich
3 Sätze à 10 Wiederholungen, zwölfmal täglich
1 Satz à 1 Wiederholung, einmal täglich
1 Satz à 15 Wiederholungen, zweimal täglich
2 Sätze à 1 Wiederholung, einmal täglich
50 Sätze à 1000 Wiederholungen, einmal täglich
1 Satz à 5 Wiederholungen, je 1 Sekunde halten, einmal täglich
3 Sätze à 8 Wiederholungen, je 1 Minute halten, einmal täglich
3 Sätze à 8 Wiederholungen, 1 Sekunde Pause zwischen den Sätzen, einmal täglich
3 Sätze à 8 Wiederholungen, pro Seite, 1 Minute 30 Sekunden Pause zwischen den Sätzen, einmal täglich
1 Satz à 8 Wiederholungen, danach 30 Sekunden Pause, einmal täglich
4 Sätze à 6 Wiederholungen, je 3 Sekunden halten, 2 Minuten Pause zwischen den Sätzen, einmal am Tag, Di und Do
30 Sekunden halten, einmal täglich
zweimal 30 Sekunden halten, einmal täglich
viermal 30 Sekunden halten, pro Seite, zweimal täglich
dreimal 20 Sekunden halten, dazwischen 10 Sekunden Pause, jeden zweiten Tag
45 Sekunden halten, danach 15 Sekunden Pause, alle 3 Tage
20 Minuten, einmal täglich
1 Minute, einmal täglich
3 Sätze à 2 Minuten, pro Seite, einmal täglich
2 Sätze à 1 Minute 30 Sekunden, 1 Minute Pause zwischen den Sätzen, zweimal am Tag, jeden zweiten Tag
1 Stunde, dreimal pro Woche, an Tagen Ihrer Wahl
1 Stunde 30 Minuten, einmal pro Woche, an einem Tag Ihrer Wahl
2 Stunden 2 Minuten 5 Sekunden, zweimal pro Woche, an Tagen Ihrer Wahl
24 Stunden, siebenmal pro Woche, an Tagen Ihrer Wahl
1 Stunde 1 Sekunde, alle 7 Tage
20 Sekunden, dreimal am Tag, alle 14 Tage
2 Sätze à 12 Wiederholungen, einmal am Tag, montags
2 Sätze à 12 Wiederholungen, zweimal am Tag, mittwochs
2 Sätze à 12 Wiederholungen, dreimal am Tag, sonntags
2 Sätze à 12 Wiederholungen, einmal am Tag, Montag bis Freitag
2 Sätze à 12 Wiederholungen, zweimal am Tag, Mittwoch bis Sonntag
2 Sätze à 12 Wiederholungen, einmal am Tag, Mo, Di, Mi, Do und Sa
2 Sätze à 12 Wiederholungen, einmal am Tag, Sa und So
2 Sätze à 12 Wiederholungen, zweimal täglich
3 Sätze à 12 Wiederholungen, mit 2,5 kg, bei Bedarf
3 Sätze à 12 Wiederholungen, mit 10 kg, bei Bedarf, höchstens einmal am Tag
3 Sätze à 12 Wiederholungen, mit 7,25 lb, bei Bedarf, höchstens zweimal am Tag
3 Sätze à 12 Wiederholungen, mit 1000 lb, bei Bedarf, höchstens dreimal am Tag
3 Sätze à 12 Wiederholungen, mit rotem Band, bei Bedarf, höchstens 13-mal am Tag
3 Sätze à 12 Wiederholungen, mit grauem Band, bei Bedarf, höchstens 100-mal am Tag
3 Sätze à 12 Wiederholungen, mit orangefarbenem Band, einmal täglich
3 Sätze à 12 Wiederholungen, mit Band (Level 3), viermal täglich
""".strip().split("\n")


@pytest.mark.parametrize(("prescribed", "words"), list(zip(COMBINATIONS, WORDS, strict=True)))
def test_a_prescription_reads_as_a_practitioner_would_write_it(prescribed: tuple[Dose, Schedule], words: str) -> None:
    dose, schedule = prescribed
    assert prescription_in_words(dose, schedule, "de") == words
