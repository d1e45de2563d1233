// How the outbox is emptied: which answers settle, which wait, and that no event blocks the others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { IdTaken, OtherPatient, Phone } from "../src/index.ts";
import { batches, begin, draft, ids, record } from "./scene.ts";
import { json, page, problem } from "./server.ts";
import type { Fault } from "./server.ts";

/** Go wrong for the first so many uploads. */
function first(count: number, fault: Fault): Fault {
  let left = count;
  return (request, answer) => (request.path.endsWith("/events") && left-- > 0 ? fault(request, answer) : undefined);
}

test("an event is filled in, sent once, and comes back by pulling in place of what was settled", async () => {
  const scene = await begin();
  const event = await scene.phone.record(draft());
  assert.match(event.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual([event.performed_at, event.performed_on], ["2026-05-06T12:00:00+02:00", "2026-05-06"]);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 1, left: 0, pulled: 1, stopped: null });
  assert.deepEqual([...scene.server.events.keys()], [event.id]);
  assert.deepEqual(ids(await scene.phone.read("events")), [event.id]);
  assert.deepEqual(await scene.phone.read("settled"), []);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 0, pulled: 0, stopped: null });
});

test("recording again is no second event, recording something else under the same id is refused", async () => {
  const { phone, server } = await begin();
  const event = await phone.record(draft({ id: "0197C9F0-0000-7000-8000-00000000000A" }));
  assert.equal(event.id, "0197c9f0-0000-7000-8000-00000000000a");
  assert.deepEqual(await phone.record(event), event);
  await assert.rejects(phone.record({ ...event, pain: 3 }), IdTaken);
  assert.equal((await phone.read("outbox")).length, 1);
  server.fault = ({ path }) => (path.endsWith("/sync") ? page(500) : undefined);
  await phone.sync();
  assert.deepEqual(await phone.record(event), event);
  assert.deepEqual([(await phone.read("outbox")).length, (await phone.read("settled")).length], [0, 1]);
});

test("a correction has a higher revision than any that the phone knows, sent, unsent or another phone's", async () => {
  const scene = await begin();
  const event = await scene.phone.record(draft());
  assert.equal((await scene.phone.correct(event.id, draft({ pain: 3 }))).revision, 1);
  await scene.phone.sync();
  const theirs = { ...draft(), id: "0197c9f0-0000-7000-8000-00000000000b", entry_id: event.id, revision: 7 };
  scene.server.show("event", theirs);
  await scene.phone.sync();
  const late = await scene.phone.correct(event.id, draft({ kind: "void" }));
  assert.deepEqual([late.revision, late.entry_id, late.id === event.id], [8, event.id, false]);
});

test("what cannot be read is sent again word by word, whatever came in place of an answer", async () => {
  const faults: Fault[] = [
    () => Promise.reject(new TypeError("fetch failed")),
    (_, answer) => (answer(), Promise.reject(new TypeError("the answer was lost"))),
    (_, answer) => (answer(), page(502)),
    () => page(200),
    () => page(401),
    () => page(404),
    () => json(200, { outcomes: [] }),
    () => json(200, { outcomes: [{ index: 0, outcome: "applied" }, { index: 0, outcome: "applied" }] }),
    () => json(200, { outcomes: [0, 1, 2].map((index) => ({ index, outcome: "applied", warnings: [] })) }),
    () => json(200, []),
    () => json(500, { status: 500 }),
  ];
  for (const fault of faults) {
    const scene = await begin();
    const recorded = await record(scene, 2);
    scene.server.fault = first(2, fault);
    assert.deepEqual(await scene.phone.sync(), { uploaded: 2, left: 0, pulled: 2, stopped: null });
    const sent = scene.server.requests.filter(({ path }) => path.endsWith("/events"));
    assert.equal(sent.length, 3);
    assert.equal(new Set(sent.map(({ text }) => text)).size, 1);
    assert.deepEqual([...scene.server.events.keys()].sort(), recorded);
  }
});

test("each event goes by its own outcome", async () => {
  const scene = await begin();
  const [applied, duplicate, conflict, rejected, retry, unknown] = await record(scene, 6);
  const words = ["applied", "duplicate", "conflict", "rejected", "retry", "postponed"];
  const error = { field: "/pain", rule: "range", detail: "Must be 0 to 10." };
  const warnings = [{ field: "/reps", rule: "over_twice_planned", detail: "30 sets?" }];
  scene.server.fault = first(1, () => {
    const told = (index: number) => (index === 0 ? warnings : []);
    const answered = (outcome: string, index: number) => ({ index, outcome, error, warnings: told(index) });
    return json(200, { outcomes: words.map(answered).reverse() });
  });
  assert.deepEqual(await scene.phone.sync(), { uploaded: 2, left: 2, pulled: 0, stopped: null });
  assert.deepEqual(ids(await scene.phone.read("outbox")), [retry, unknown]);
  const aside = (await scene.phone.read("aside")).map(({ id, outcome, error: why }) => [id, outcome, why?.rule]);
  assert.deepEqual(aside, [[conflict, "conflict", "range"], [rejected, "rejected", "range"]]);
  assert.deepEqual(ids(await scene.phone.read("questions")), [applied]);
  assert.deepEqual((await scene.phone.sync()).uploaded, 2);
  assert.deepEqual(ids(batches(scene.server)[1]!), [retry, unknown]);
  assert.equal(await scene.phone.dismiss("aside", conflict!), undefined);
  assert.deepEqual(ids(await scene.phone.read("aside")), [rejected]);
  assert.ok(duplicate);
});

test("whom to call in an emergency is shown at once, before the events leave the outbox, and again if they did not", async () => {
  const scene = await begin();
  const emergency = { text: "Call 112.", line: "112" };
  const outcomes = [{ index: 0, outcome: "applied", warnings: [] }];
  await record(scene, 1);
  let left = -1;
  const commit = scene.store.commit.bind(scene.store);
  scene.store.commit = async (changes, expected) => {
    if (changes.some(({ table }) => table === "settled")) {
      left = scene.shown.length;
      scene.store.commit = commit;
      throw new Error("killed");
    }
    return commit(changes, expected);
  };
  scene.server.fault = first(2, () => json(200, { outcomes, emergency }));
  await assert.rejects(scene.phone.sync(), /killed/);
  assert.deepEqual([left, (await scene.phone.read("outbox")).length], [1, 1]);
  assert.equal((await scene.phone.sync()).uploaded, 1);
  assert.deepEqual(scene.shown, [emergency, emergency]);
});

test("nothing is shown where the server says of no emergency, and one without a telephone is one", async () => {
  const scene = await begin();
  for (const emergency of [null, undefined, "Call 112.", { line: "112" }, { text: "Call.", line: null, of_later: 1 }]) {
    await record(scene, 1);
    const outcomes = [{ index: 0, outcome: "applied", warnings: [] }];
    scene.server.fault = first(1, () => json(200, { outcomes, emergency }));
    assert.equal((await scene.phone.sync()).uploaded, 1);
  }
  assert.deepEqual(scene.shown, [{ text: "Call.", line: null }]);
});

test("an app that fails to show an emergency is told so, and keeps the phone from nothing", async (t) => {
  const scene = await begin();
  await record(scene, 1);
  scene.shown.push = () => {
    throw new Error("no screen");
  };
  const told: unknown[] = [];
  const real = globalThis.queueMicrotask;
  t.mock.method(globalThis, "queueMicrotask", (run: () => void) => real(() => {
    try {
      run();
    } catch (error) {
      told.push(error);
    }
  }));
  const outcomes = [{ index: 0, outcome: "applied", warnings: [] }];
  scene.server.fault = first(1, () => json(200, { outcomes, emergency: { text: "Call 112.", line: "112" } }));
  assert.equal((await scene.phone.sync()).uploaded, 1);
  assert.deepEqual((await scene.phone.read("outbox")).length, 0);
  assert.deepEqual(told.map(String), ["Error: no screen"]);
});

test("a batch that is refused as a whole is halved, and only the event that is the cause is set aside", async () => {
  for (const status of [400, 413, 422]) {
    const scene = await begin();
    const recorded = await record(scene, 9);
    const errors = [{ field: "/events", rule: "depth", detail: "Too deep." }];
    scene.server.fault = ({ text }) => (text.includes(recorded[4]!) ? problem(status, "invalid", errors) : undefined);
    assert.deepEqual(await scene.phone.sync(), { uploaded: 8, left: 0, pulled: 8, stopped: null });
    const [aside] = await scene.phone.read("aside");
    assert.deepEqual([aside?.id, aside?.outcome, aside?.error], [recorded[4], "refused", errors[0]]);
    assert.deepEqual(scene.clock.slept, []);
  }
});

test("a proxy's 413 halves too, but sets nothing aside", async () => {
  const scene = await begin();
  const recorded = await record(scene, 4);
  scene.server.fault = ({ text }) => (text.includes(recorded[1]!) ? page(413) : undefined);
  assert.deepEqual((await scene.phone.sync()).uploaded, 3);
  assert.deepEqual(ids(await scene.phone.read("outbox")), [recorded[1]]);
  assert.deepEqual(await scene.phone.read("aside"), []);
});

test("an event at which the server fails blocks no other, and goes alone and last the next time", async () => {
  const scene = await begin();
  const recorded = await record(scene, 150);
  const poison = recorded[30]!;
  scene.server.fault = ({ text }) => (text.includes(poison) ? page(500) : undefined);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 149, left: 1, pulled: 149, stopped: null });
  await record(scene, 1);
  scene.server.requests.length = 0;
  scene.server.fault = () => undefined;
  assert.equal((await scene.phone.sync()).uploaded, 2);
  assert.deepEqual(batches(scene.server).map((batch) => batch.length), [1, 1]);
  assert.equal(batches(scene.server)[1]![0]!.id, poison);
});

test("batches have at most a hundred events, the oldest first, and fewer when they are long", async () => {
  const scene = await begin();
  const recorded = await record(scene, 230);
  await scene.phone.sync();
  assert.deepEqual(batches(scene.server).map((batch) => batch.length), [100, 100, 30]);
  assert.deepEqual(batches(scene.server).flat().map(({ id }) => id), recorded);
  const long = await begin();
  for (let number = 0; number < 5; number++) await long.phone.record(draft({ comment: "é".repeat(200_000) }));
  await long.phone.sync();
  assert.deepEqual(batches(long.server).map((batch) => batch.length), [2, 2, 1]);
});

test("a store is one patient's for good", async () => {
  const scene = await begin();
  await record(scene, 1);
  const other = { url: "https://x", patientId: "0197c9f0-0000-7000-8000-00000000ffff", store: scene.store };
  const tokens = { access: async () => "good" };
  await assert.rejects(Phone.open({ ...other, tokens, onEmergency() {} }), OtherPatient);
  assert.equal((await scene.phone.sync()).uploaded, 1);
});

test("a clock that is obviously off is put right for new events, and for none that were recorded", async () => {
  const scene = await begin();
  scene.clock.now = Date.parse("2031-01-01T00:00:00Z");
  const before = await scene.phone.record(draft());
  scene.server.fault = (_, answer) => {
    const response = answer();
    response.headers.set("Date", "Wed, 06 May 2026 10:00:00 GMT");
    return response;
  };
  await scene.phone.sync();
  const after = await scene.phone.record(draft());
  assert.deepEqual([before.performed_on, after.performed_on], ["2031-01-01", "2026-05-06"]);
  assert.equal((await (await begin(scene)).phone.record(draft())).performed_on, "2026-05-06");
  assert.equal(batches(scene.server)[0]![0]!.id, before.id);
});
