"""The one table of what happens because of what: fact -> reactions, in order.

Reactions run in the fact's own transaction and may only write rows, enqueue jobs or plan a broadcast. Peers meet here
and nowhere else.
"""

from hep_api.foundation.facts import Reactions

REACTIONS: Reactions = {}
