"""A dose in words: "3 sets of 10, hold 5 seconds, each side"."""

from collections.abc import Iterator

from hep_api.dosing.dose import Dose
from hep_api.dosing.words.amounts import load_in_words, time_in_words
from hep_api.dosing.words.catalogue import Catalogue, counted
from hep_api.dosing.words.languages import catalogue_of


def dose_in_words(dose: Dose, language: str) -> str:
    """Return one doing in the language of the tag, without the note: amount, hold, sides, load, rest."""
    catalogue = catalogue_of(language)
    return ", ".join(_parts(dose, catalogue))


def _parts(dose: Dose, catalogue: Catalogue) -> Iterator[str]:
    yield _amount(dose, catalogue)
    if dose.reps is not None and dose.hold_seconds is not None:
        yield catalogue.held_each_rep.format(time=time_in_words(dose.hold_seconds, catalogue))
    if dose.sides == 2:
        yield catalogue.each_side
    if dose.load is not None:
        yield load_in_words(dose.load, catalogue)
    if dose.rest_seconds is not None:
        yield _rest(dose, catalogue).format(time=time_in_words(dose.rest_seconds, catalogue))


def _amount(dose: Dose, catalogue: Catalogue) -> str:
    if dose.reps is not None:
        amount = counted(catalogue, catalogue.reps, dose.reps)
        return counted(catalogue, catalogue.sets_of_reps, dose.sets, amount=amount)
    time = time_in_words(dose.amount_per_set, catalogue)
    if dose.duration_seconds is not None:
        return counted(catalogue, catalogue.sets_of_time, dose.sets, time=time)
    if dose.sets == 1:
        return catalogue.held.format(time=time)
    return counted(catalogue, catalogue.held_times, dose.sets, time=time)


def _rest(dose: Dose, catalogue: Catalogue) -> str:
    if dose.sets == 1:
        return catalogue.rest
    holds_only = dose.reps is None and dose.duration_seconds is None
    return catalogue.rest_between_holds if holds_only else catalogue.rest_between_sets
