"""Doses and schedules in French, each written by hand, in the order of the combinations."""

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from tests.dosing.combinations import COMBINATIONS

WORDS = """
3 séries de 10 répétitions, tenir 5 secondes, de chaque côté, 2 fois par jour, lun., mer. et ven.
3 séries de 10 répétitions, 1 fois par jour
3 séries de 10 répétitions, 2 fois par jour
3 séries de 10 répétitions, 3 fois par jour
3 séries de 10 répétitions, 12 fois par jour
1 série de 1 répétition, 1 fois par jour
1 série de 15 répétitions, 2 fois par jour
2 séries de 1 répétition, 1 fois par jour
50 séries de 1000 répétitions, 1 fois par jour
1 série de 5 répétitions, tenir 1 seconde, 1 fois par jour
3 séries de 8 répétitions, tenir 1 minute, 1 fois par jour
3 séries de 8 répétitions, repos de 1 seconde entre les séries, 1 fois par jour
3 séries de 8 répétitions, de chaque côté, repos de 1 minute 30 secondes entre les séries, 1 fois par jour
1 série de 8 répétitions, puis repos de 30 secondes, 1 fois par jour
4 séries de 6 répétitions, tenir 3 secondes, repos de 2 minutes entre les séries, 1 fois par jour, mar. et jeu.
tenir 30 secondes, 1 fois par jour
tenir 30 secondes, 2 fois, 1 fois par jour
tenir 30 secondes, 4 fois, de chaque côté, 2 fois par jour
tenir 20 secondes, 3 fois, repos de 10 secondes entre chaque maintien, un jour sur deux
tenir 45 secondes, puis repos de 15 secondes, tous les 3 jours
20 minutes, 1 fois par jour
1 minute, 1 fois par jour
3 séries de 2 minutes, de chaque côté, 1 fois par jour
2 séries de 1 minute 30 secondes, repos de 1 minute entre les séries, 2 fois par jour, un jour sur deux
1 heure, 3 fois par semaine, les jours de votre choix
1 heure 30 minutes, 1 fois par semaine, le jour de votre choix
2 heures 2 minutes 5 secondes, 2 fois par semaine, les jours de votre choix
24 heures, 7 fois par semaine, les jours de votre choix
1 heure 1 seconde, tous les 7 jours
20 secondes, 3 fois par jour, tous les 14 jours
2 séries de 12 répétitions, 1 fois par jour, le lundi
2 séries de 12 répétitions, 2 fois par jour, le mercredi
2 séries de 12 répétitions, 3 fois par jour, le dimanche
2 séries de 12 répétitions, 1 fois par jour, du lundi au vendredi
2 séries de 12 répétitions, 2 fois par jour, du mercredi au dimanche
2 séries de 12 répétitions, 1 fois par jour, lun., mar., mer., jeu. et sam.
2 séries de 12 répétitions, 1 fois par jour, sam. et dim.
2 séries de 12 répétitions, 2 fois par jour
3 séries de 12 répétitions, avec 2,5 kg, au besoin
3 séries de 12 répétitions, avec 10 kg, au besoin, au maximum 1 fois par jour
3 séries de 12 répétitions, avec 7,25 lb, au besoin, au maximum 2 fois par jour
3 séries de 12 répétitions, avec 1000 lb, au besoin, au maximum 3 fois par jour
3 séries de 12 répétitions, avec une bande élastique rouge, au besoin, au maximum 13 fois par jour
3 séries de 12 répétitions, avec une bande élastique grise, au besoin, au maximum 100 fois par jour
3 séries de 12 répétitions, avec une bande élastique orange, 1 fois par jour
3 séries de 12 répétitions, avec une bande élastique (Level 3), 4 fois par jour
""".strip().split("\n")


@pytest.mark.parametrize(("prescribed", "words"), list(zip(COMBINATIONS, WORDS, strict=True)))
def test_a_prescription_reads_as_a_practitioner_would_write_it(prescribed: tuple[Dose, Schedule], words: str) -> None:
    dose, schedule = prescribed
    assert prescription_in_words(dose, schedule, "fr") == words
