"""A phone that follows docs/offline-sync.md gets rid of whatever it holds, and of the good events none is lost."""

import json
from dataclasses import dataclass, field

from tests.adherence.conftest import YESTERDAY, Scene, correction, event

FINAL = ("applied", "duplicate", "conflict", "rejected")


@dataclass
class CarefulPhone:
    """Holds events as the texts that it sends; halves what is refused (C16), and counts its requests."""

    scene: Scene
    outcomes: dict[int, str] = field(default_factory=dict)
    requests: int = 0

    def upload(self, texts: list[str]) -> dict[int, str]:
        """Return what became of each text by its place; what is refused alone is `refused`."""
        self._send(list(enumerate(texts)))
        return self.outcomes

    def _send(self, batch: list[tuple[int, str]]) -> None:
        self.requests += 1
        body = f'{{"events": [{", ".join(text for _, text in batch)}]}}'
        path = f"/v1/patients/{self.scene.patient.member_id}/events"
        answer = self.scene.patient.http.post(path, data=body.encode(), headers={"Content-Type": "application/json"})
        if answer.status_code == 200:
            for (place, _), each in zip(batch, answer.get_json()["outcomes"], strict=True):
                self.outcomes[place] = each["outcome"]
            return
        assert answer.status_code in (400, 413, 422), answer.get_json()
        if len(batch) == 1:
            self.outcomes[batch[0][0]] = "refused"
            return
        self._send(batch[: len(batch) // 2])
        self._send(batch[len(batch) // 2 :])


def test_poison_is_set_aside_and_everything_around_it_is_taken(scene: Scene) -> None:
    text = json.dumps(event(scene.daily))
    refused = [
        f'{text[:-1]}, "kind": "skipped"}}',  # a key twice
        f'{text[:-1]}, "load": {"[" * 40}{"]" * 40}}}',  # deeper than JSON may be
        f'{text[:-1]}, "pain": NaN}}',
        f'{text[:-1]}, "comment": "{"x" * 2_200_000}"}}',  # over 2 MiB alone
    ]
    rejected = [
        json.dumps(event(scene.daily, comment="cut in the middle of an emoji \ud83d")),
        f'{json.dumps(event(scene.daily))[:-1]}, "pain": {"9" * 5000}}}',
        json.dumps(event(scene.daily, zone="GMT+02:00")),
        "null",
        "[[[]]]",
    ]
    good = [event(scene.daily, sets=number) for number in range(12)]
    texts = [json.dumps(each) for each in good]
    for place, odd in zip(range(1, 30, 2), [*refused, *rejected], strict=False):
        texts.insert(place, odd)
    phone = CarefulPhone(scene)
    outcomes = [outcome for _, outcome in sorted(phone.upload(texts).items())]
    assert [outcomes[texts.index(json.dumps(each))] for each in good] == ["applied"] * len(good)
    assert [outcomes[texts.index(each)] for each in refused] == ["refused"] * len(refused)
    assert [outcomes[texts.index(each)] for each in rejected] == ["rejected"] * len(rejected)
    assert phone.requests < 4 * len(refused) * 5
    assert len(scene.stand()[0]) == len(good)
    again = CarefulPhone(scene).upload([json.dumps(each) for each in good])
    assert set(again.values()) == {"duplicate"}
    assert len(scene.stand()[0]) == len(good)


def test_500_events_as_large_as_they_may_be_go_through_in_halves(scene: Scene) -> None:
    # On the wire the letters are escaped to twelve bytes each: 30 KB an event, far over 2 MiB together.
    items = [event(scene.daily, comment="\U0001f9ce" * 2000, reason="\U0001f9ce" * 500) for _ in range(200)]
    phone = CarefulPhone(scene)
    assert set(phone.upload([json.dumps(each) for each in items]).values()) == {"applied"}
    assert 4 <= phone.requests <= 8
    assert len(scene.stand()[0]) == len(items)


def test_one_id_in_two_spellings_in_one_batch_is_one_event(scene: Scene) -> None:
    sent = event(scene.daily, sets=3)
    shouted = {**sent, "id": sent["id"].upper(), "prescription_id": sent["prescription_id"].upper()}
    answers = scene.upload(shouted, sent, {**shouted, "sets": 2}).get_json()["outcomes"]
    assert [each["outcome"] for each in answers] == ["applied", "duplicate", "conflict"]
    assert {each["id"] for each in answers} == {sent["id"]}
    # A correction that names its entry in capitals corrects it.
    assert scene.outcomes({**correction(sent, kind="void"), "entry_id": sent["id"].upper()}) == ["applied"]
    assert scene.day(sent["performed_on"]).entries == 0


def test_a_clock_that_is_off_gets_a_final_word_and_the_event_may_be_recorded_anew(scene: Scene) -> None:
    ahead = event(scene.daily, "2026-05-09", performed_at="2026-05-09T10:00:00+02:00")
    assert scene.refusal(ahead) == ("rejected", "/performed_at", "in_future")
    # It was never recorded, so the same doing under a new id counts once.
    assert scene.outcomes(ahead, event(scene.daily, YESTERDAY)) == ["rejected", "applied"]
    assert scene.day(YESTERDAY).done == 1
