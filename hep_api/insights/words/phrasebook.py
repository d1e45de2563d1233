"""The phrases that the attention list needs: each language fills one Phrasebook; a test holds that none is short."""

from collections.abc import Mapping
from dataclasses import dataclass

from hep_api.insights.vocabulary import NextAction, Rule


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """A title for each rule, and for each action what to do."""

    titles: Mapping[Rule, str]
    actions: Mapping[NextAction, str]
