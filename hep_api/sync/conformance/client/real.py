"""A real server behind the hostile network, for the last rule of a client: what the phone says, against its record."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from hep_api.sync.conformance.calls import Caller
from hep_api.sync.conformance.client.play import Play
from hep_api.sync.conformance.making import find_target
from hep_api.sync.conformance.network import Network
from hep_api.sync.conformance.server.scene import Scene


@dataclass(slots=True)
class RealServer:
    """The server, and the number of the newest event before the phone began."""

    scene: Scene
    before: int

    def take_over(self, play: Play) -> None:
        """Let a play's phone speak to this server, as its patient."""
        target = self.scene.target
        play.network.upstream = self.scene.caller.url
        play.chart.patient_id, play.chart.token = self.scene.patient_id, self.scene.caller.token or ""
        play.chart.plan_id, play.chart.versions = target.plan_id, {target.prescription_id: target.version}
        play.open()

    def found(self) -> Counter[str]:
        """Return how often each event that came since is in the record."""
        events = self.scene.events_after(self.before)
        for event in events:
            sent = {name: event[name] for name in ("id", "entry_id", "prescription_id", "version", "zone")}
            self.scene.note({**sent, "performed_at": event["performed_at"], "performed_on": event["performed_on"]})
        return Counter(event["id"] for event in events)

    def tidy(self) -> None:
        self.scene.tidy()


def real_server(url: str, token: str, patient_id: str) -> RealServer:
    """Return the server, having looked up what can be reported there."""
    caller = Caller(url, token)
    target = find_target(caller, patient_id)
    scene = Scene(caller, patient_id, Network("", url, lambda _: lambda __: None), Random(0), target)
    return RealServer(scene, scene.newest_seq())
