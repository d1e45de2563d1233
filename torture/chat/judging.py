"""Holds the books against what is there in the end, the Jepsen way: lost, duplicated, out of order, unexpected."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import inf

from torture.chat.ledger import Json, Ledger, Sending, key_of

COUNTED = ("lost", "duplicated", "out_of_order", "unexpected", "altered")


def judge(ledger: Ledger, final: Mapping[str, Sequence[Json]]) -> Counter[str]:
    """Return how many messages were lost, duplicated and so on. `final` has each conversation's messages as read."""
    found = Counter(dict.fromkeys(COUNTED, 0))
    everything = [message for messages in final.values() for message in messages]
    there = Counter(key_of(message) for message in everything)
    by_key = {key_of(message): message for message in everything}
    sent = ledger.sendings
    found["attempted"] = len(sent)
    found["acknowledged"] = sum(each.is_acknowledged for each in sent.values())
    found["unacknowledged"] = len(sent) - found["acknowledged"]
    found["unacknowledged_and_kept"] = sum(not each.is_acknowledged and key in there for key, each in sent.items())
    found["lost"] = sum(each.is_acknowledged and key not in there for key, each in sent.items())
    found["duplicated"] = sum(there.values()) - len(there) + _said_twice(everything)
    found["unexpected"] = sum(key not in sent for key in there if key[1] is not None) + _phantoms(ledger, final)
    found["altered"] = sum(not _is_as_sent(each, by_key[key]) for key, each in sent.items() if key in by_key)
    for messages in final.values():
        found["out_of_order"] += _out_of_order(messages, sent.values(), {key_of(each): each for each in messages})
    return found


def _said_twice(everything: Iterable[Json]) -> int:
    """Count words that are there more than once though no two sendings have the same ones."""
    words = Counter(each["body"] for each in everything if each["body"] and each["sender_id"] is not None)
    return sum(times - 1 for times in words.values())


def _phantoms(ledger: Ledger, final: Mapping[str, Sequence[Json]]) -> int:
    """Count what somebody was shown that is not there in the end, or never was said."""
    there = {(each["conversation_id"], each["seq"]): key_of(each) for messages in final.values() for each in messages}
    phantoms = 0
    for place, seen in ledger.seen.items():
        for key, body in seen:
            sending = ledger.sendings.get(key)
            known = key[1] is None or (sending is not None and body in (*sending.words, ""))
            phantoms += there.get(place) != key or not known
    return phantoms


def _is_as_sent(sending: Sending, message: Json) -> bool:
    """Tell whether a message is in the state in which its sender left it."""
    if sending.seqs - {message["seq"]}:
        return False
    if sending.is_withdrawn:
        return message["body"] == "" and message["withdrawn_at"] is not None
    signs = {(each["sign"], member) for each in message["reactions"] for member in each["member_ids"]}
    return message["body"] == sending.words[-1] and signs == sending.signs


def _out_of_order(messages: Sequence[Json], sendings: Iterable[Sending], by_key: Mapping[object, Json]) -> int:
    """Count gaps and repeats in the numbers, and who comes after one that was first sent when it was acknowledged."""
    seqs: list[int] = [message["seq"] for message in messages]
    wrong = sum(later != earlier + 1 for earlier, later in pairwise([0, *seqs]))
    of_these = [each for each in sendings if each.key in by_key]
    earliest: float = inf
    for sending in sorted(of_these, key=lambda each: int(by_key[each.key]["seq"]), reverse=True):
        wrong += int(earliest < sending.first_sent_at)
        earliest = min(earliest, sending.acknowledged_at)
    return wrong
