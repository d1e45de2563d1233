"""The TypeScript client in a real browser: IndexedDB, locks between tabs, requests and a socket to another origin."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.clients.conftest import Site
from tests.integrations.browsing import Browsing
from tests.messaging.conftest import make_scene
from tests.messaging.live import Served
from tests.plans import making
from tests.world import World

OPEN = """async ([url, patientId, token]) => {
  const { IndexedStore, Live, Phone } = await import("/src/index.js");
  const store = await IndexedStore.open(`hep ${url} ${patientId}`);
  const onEmergency = (emergency) => window.emergency = emergency;
  window.phone = await Phone.open({ url, patientId, store, onEmergency, tokens: { access: async () => token } });
  window.told = new Set();
  phone.onChange((tables) => tables.forEach((table) => told.add(table)));
  window.Live = Live;
}"""
RECORD = """async ([prescription_id, count]) => {
  for (let number = 0; number < count; number++) await phone.record({ prescription_id, version: 1, kind: "done" });
  return (await phone.read("outbox")).map(({ zone }) => zone).length;
}"""
SYNC = "() => phone.sync()"
COUNTS = "async () => [await phone.read('events'), await phone.read('plans')].map((rows) => rows.length)"
CHAT = """async ([url]) => {
  const { io } = await import("/node_modules/socket.io-client/dist/socket.io.esm.min.js");
  const live = new Live(phone.chat);
  const socket = io(url, { transports: ["websocket"], auth: live.auth });
  live.listen(socket);
  await new Promise((connected) => socket.once("connect", connected));
  const [{ shown }] = await new Promise(async (found) => {
    const look = async () => (await phone.chat.conversations()).length > 0 && found(await phone.chat.conversations());
    phone.onChange(look);
    await look();
  });
  await phone.chat.write(shown.id, "from the browser");
  await phone.chat.sync();
  return (await phone.chat.messages(shown.id)).map(({ body }) => body);
}"""


@pytest.fixture
def opening(world: World, web: Served) -> tuple[Any, list[str], str]:
    """A scene, what opens its patient's phone, and what is prescribed."""
    scene = make_scene(world)
    (squat,) = making.running_plan(scene.lead, scene.patient)
    return scene, [web.url, str(scene.patient.member_id), scene.patient.token], str(squat)


def test_two_tabs_share_one_phone_that_loses_nothing_when_a_tab_dies(
    browsing: Browsing, site: Site, web: Served, opening: tuple[Any, list[str], str]
) -> None:
    scene, whose, squat = opening
    with browsing.browser.new_context() as context:
        pages = [tab(context.new_page(), site, whose) for _ in range(3)]
        assert pages[0].evaluate(RECORD, [squat, 5]) == 5
        pages[0].close()
        first, second = pages[1:]
        assert first.evaluate(RECORD, [squat, 2]) == 7
        assert second.evaluate("() => phone.read('outbox').then((rows) => rows.length)") == 7
        second.wait_for_function("() => told.has('outbox')")
        # Held by the first tab's lock until its upload is answered.
        first.evaluate("() => void (window.syncing = phone.sync())")
        other = second.evaluate(SYNC)
        done = first.evaluate("() => syncing")
        assert sorted([done["uploaded"], other["uploaded"]]) == [0, 7], (done, other)
        assert {done["stopped"], other["stopped"]} <= {None, "busy"}
        assert second.evaluate(SYNC) | {"pulled": 0} == {"uploaded": 0, "left": 0, "pulled": 0, "stopped": None}
        assert second.evaluate(COUNTS) == [7, 1]
        assert second.evaluate(CHAT, [web.url]) == ["from the browser"]
        # What a clock that is off is known by can be read across origins.
        assert second.evaluate("() => phone.time() - Date.now()") == 0
        assert first.evaluate("() => phone.erase().then(() => indexedDB.databases())") == []
    events = scene.lead.http.get(f"/v1/patients/{scene.patient.member_id}/events").get_json()["items"]
    assert len(events) == len({each["id"] for each in events}) == 7
    assert site.complaints == []


def tab(page: Page, site: Site, whose: list[str]) -> Page:
    page.on("pageerror", lambda error: site.complaints.append(str(error)))
    page.goto(site.url)
    page.evaluate(OPEN, whose)
    return page
