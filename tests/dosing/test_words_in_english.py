"""Doses and schedules in English, each written by hand, in the order of the combinations."""

import pytest

from hep_api.dosing.dose import Dose
from hep_api.dosing.schedule import Schedule
from hep_api.dosing.words.prescriptions import prescription_in_words
from tests.dosing.combinations import COMBINATIONS

WORDS = """
3 sets of 10, hold 5 seconds, each side, twice a day, Mon, Wed and Fri
3 sets of 10, once a day
3 sets of 10, twice a day
3 sets of 10, 3 times a day
3 sets of 10, 12 times a day
1 set of 1 repetition, once a day
1 set of 15, twice a day
2 sets of 1 repetition, once a day
50 sets of 1000, once a day
1 set of 5, hold 1 second, once a day
3 sets of 8, hold 1 minute, once a day
3 sets of 8, rest 1 second between sets, once a day
3 sets of 8, each side, rest 1 minute 30 seconds between sets, once a day
1 set of 8, then rest 30 seconds, once a day
4 sets of 6, hold 3 seconds, rest 2 minutes between sets, once a day, Tue and Thu
hold 30 seconds, once a day
hold 30 seconds, twice, once a day
hold 30 seconds, 4 times, each side, twice a day
hold 20 seconds, 3 times, rest 10 seconds in between, every other day
hold 45 seconds, then rest 15 seconds, every 3 days
20 minutes, once a day
1 minute, once a day
3 sets of 2 minutes, each side, once a day
2 sets of 1 minute 30 seconds, rest 1 minute between sets, twice a day, every other day
1 hour, 3 times a week, on days you choose
1 hour 30 minutes, once a week, on a day you choose
2 hours 2 minutes 5 seconds, twice a week, on days you choose
24 hours, 7 times a week, on days you choose
1 hour 1 second, every 7 days
20 seconds, 3 times a day, every 14 days
2 sets of 12, once a day, on Mondays
2 sets of 12, twice a day, on Wednesdays
2 sets of 12, 3 times a day, on Sundays
2 sets of 12, once a day, Monday to Friday
2 sets of 12, twice a day, Wednesday to Sunday
2 sets of 12, once a day, Mon, Tue, Wed, Thu and Sat
2 sets of 12, once a day, Sat and Sun
2 sets of 12, twice a day
3 sets of 12, with 2.5 kg, as needed
3 sets of 12, with 10 kg, as needed, at most once a day
3 sets of 12, with 7.25 lb, as needed, at most twice a day
3 sets of 12, with 1000 lb, as needed, at most 3 times a day
3 sets of 12, with a red band, as needed, at most 13 times a day
3 sets of 12, with a grey band, as needed, at most 100 times a day
3 sets of 12, with an orange band, once a day
3 sets of 12, with a band (Level 3), 4 times a day
""".strip().split("\n")


@pytest.mark.parametrize(("prescribed", "words"), list(zip(COMBINATIONS, WORDS, strict=True)))
def test_a_prescription_reads_as_a_practitioner_would_write_it(prescribed: tuple[Dose, Schedule], words: str) -> None:
    dose, schedule = prescribed
    assert prescription_in_words(dose, schedule, "en") == words
