"""Lengths of time, weights and bands in words."""

from decimal import Decimal

from babel.numbers import format_decimal

from hep_api.dosing.dose import Load, LoadUnit
from hep_api.dosing.words.catalogue import Catalogue, counted

# What clinics write for a band of a known colour, in the languages we write; any other name is repeated as it is.
COLOURS = {
    "beige": "beige tan",
    "black": "black negro negra schwarz noir noire",
    "blue": "blue azul blau bleu bleue",
    "brown": "brown marrón braun marron brun brune",
    "gold": "gold golden dorado dorada doré dorée",
    "green": "green verde grün vert verte",
    "grey": "grey gray gris grau grise",
    "orange": "orange naranja",
    "pink": "pink rosa rose",
    "purple": "purple violet morado morada lila violett violette",
    "red": "red rojo roja rot rouge",
    "silver": "silver plateado plateada silber silbern argent argenté argentée",
    "white": "white blanco blanca weiß weiss blanc blanche",
    "yellow": "yellow amarillo amarilla gelb jaune",
}
KNOWN_COLOURS = {word.casefold(): colour for colour, words in COLOURS.items() for word in words.split()}


def time_in_words(seconds: int, catalogue: Catalogue) -> str:
    """Return a length of time in hours, minutes and seconds, without those that are 0: "1 minute 30 seconds"."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, catalogue.hours), (minutes, catalogue.minutes), (left, catalogue.seconds))
    *others, last = [counted(catalogue, forms, n) for n, forms in parts if n]
    return catalogue.and_lengths.join([" ".join(others), last]) if others else last


def load_in_words(load: Load, catalogue: Catalogue) -> str:
    """Return what an exercise is done with: "with 2.5 kg", "with a red band"."""
    if load.unit is LoadUnit.BAND:
        return catalogue.with_band.format(band=_band(load.colour or "", catalogue))
    # Through its shortest text, and in full: a weight is shown as it was written.
    weight = format_decimal(
        Decimal(str(load.value)), locale=catalogue.locale, decimal_quantization=False, group_separator=False
    )
    return catalogue.with_weight.format(weight=weight, unit=load.unit.value)


def _band(written: str, catalogue: Catalogue) -> str:
    colour = " ".join(written.split())
    if not colour:
        return catalogue.any_band
    known = KNOWN_COLOURS.get(colour.casefold())
    return catalogue.band_of_colour.format(colour=colour) if known is None else catalogue.bands[known]
