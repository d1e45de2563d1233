// How pages are applied: whole with their cursor or not at all, again without harm, anew after a reset.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../src/index.ts";
import { begin, ids, record } from "./scene.ts";
import { json, page, problem } from "./server.ts";
import type { Scene } from "./scene.ts";
import type { Change, Expected } from "../src/index.ts";

const PLAN = { id: "plan-1", title: "Knee" };

async function pulled(): Promise<Scene> {
  const scene = await begin();
  scene.server.show("plan", PLAN);
  scene.server.show("plan", { id: "plan-2" });
  for (const plan_id of ["plan-1", "plan-2"]) {
    scene.server.show("pause", { id: `pause-of-${plan_id}`, plan_id });
    scene.server.show("goal", { id: `goal-of-${plan_id}`, plan_id });
    scene.server.show("revision", { id: `revision-of-${plan_id}`, plan_id });
    scene.server.show("acknowledgement", { id: `revision-of-${plan_id}`, plan_id });
  }
  assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 0, pulled: 10, stopped: null });
  return scene;
}

const TABLES = ["plans", "pauses", "goals", "revisions", "acknowledgements"] as const;

async function counts({ phone }: Scene): Promise<number[]> {
  return Promise.all(TABLES.map(async (table) => (await phone.read(table)).length));
}

test("pages are applied until there is no more, and what changed replaces what was there", async () => {
  const scene = await pulled();
  assert.deepEqual(await counts(scene), [2, 2, 2, 2, 2]);
  assert.deepEqual(await scene.phone.read("settings"), [{ zone: "Europe/Berlin", day_starts_at: "00:00" }]);
  // Each page is one step with its cursor.
  scene.phone.onChange((tables) => assert.ok(tables.has("marks")));
  scene.server.show("plan", { ...PLAN, title: "Both knees" });
  scene.server.show("revision", { id: "another", plan_id: "plan-1" });
  assert.equal((await scene.phone.sync()).pulled, 2);
  assert.deepEqual((await scene.phone.read("plans"))[0]?.title, "Both knees");
  assert.deepEqual(await counts(scene), [2, 2, 2, 3, 2]);
});

test("what is gone is dropped, with a plan all that hangs on it, and an unknown kind is passed over", async () => {
  const scene = await pulled();
  scene.server.withdraw("pause", "pause-of-plan-1", "plan-1");
  scene.server.withdraw("garden", "no-such-kind", "plan-1");
  await scene.phone.sync();
  assert.deepEqual(await counts(scene), [2, 1, 2, 2, 2]);
  scene.server.withdraw("plan", "plan-2", "plan-2");
  await scene.phone.sync();
  assert.deepEqual(await counts(scene), [1, 0, 1, 1, 1]);
});

test("a reset forgets what was pulled, and never the outbox", async () => {
  const scene = await pulled();
  const [kept] = await record(scene, 1);
  const resets = await scene.phone.mark("resets");
  scene.server.epoch = 2;
  scene.server.changes.length = 0;
  scene.server.show("plan", { id: "plan-3" });
  scene.server.fault = ({ path }) => (path.endsWith("/events") ? problem(503, "unavailable") : undefined);
  assert.equal((await scene.phone.sync()).pulled, 1);
  assert.deepEqual(await counts(scene), [1, 0, 0, 0, 0]);
  assert.deepEqual(ids(await scene.phone.read("outbox")), [kept]);
  assert.equal(await scene.phone.mark("resets"), Number(resets) + 1);
});

test("a refused cursor is dropped once, and the first page replaces what was there", async () => {
  const scene = await pulled();
  await scene.store.commit([{ table: "marks", key: "cursor", put: "damaged" }]);
  scene.server.changes.splice(0, 1);
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.deepEqual(await counts(scene), [1, 2, 2, 2, 2]);
  const asked = scene.server.requests.length;
  scene.server.fault = () => problem(422, "invalid_input", [{ field: "/cursor", rule: "cursor", detail: "" }]);
  assert.equal((await scene.phone.sync()).stopped, "offline");
  assert.equal(scene.server.requests[asked]!.query.get("cursor") === null, false);
  assert.equal(scene.server.requests[asked + 1]!.query.get("cursor"), null);
  assert.deepEqual(await counts(scene), [1, 2, 2, 2, 2]);
});

test("a server that refuses every cursor does not keep the phone busy for ever", async () => {
  const scene = await pulled();
  scene.server.fault = ({ query }) =>
    query.get("cursor") === null
      ? undefined
      : problem(422, "invalid_input", [{ field: "/cursor", rule: "cursor", detail: "" }]);
  const asked = scene.server.requests.length;
  assert.equal((await scene.phone.sync()).stopped, "offline");
  assert.deepEqual(await counts(scene), [2, 1, 0, 0, 0]);
  assert.equal(scene.server.requests.length, asked + 2 + 8);
});

test("a page that is not whole changes nothing and is asked for again", async () => {
  const whole = { settings: null, plans: [], revisions: [], pauses: [], goals: [], acknowledgements: [] };
  const body = { ...whole, reset: false, events: [], gone: [], cursor: "9.9", more: false };
  const broken = [
    page(200), json(200, []), json(200, { ...body, cursor: 7 }), json(200, { ...body, more: null }),
    json(200, { ...body, plans: {} }), json(200, { ...body, goals: [null] }), json(200, { ...body, pauses: [{}] }),
    json(200, { ...body, reset: undefined }), json(200, { ...body, more: true, cursor: "1.10" }), page(404), page(502),
  ];
  const scene = await pulled();
  for (const response of broken) {
    let isFirst = true;
    scene.server.fault = () => (isFirst ? ((isFirst = false), response) : undefined);
    assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 0, pulled: 0, stopped: null });
    assert.deepEqual([isFirst, await scene.phone.mark("cursor")], [false, "1.10"]);
  }
});

test("a failed upload keeps nobody from pulling, and a failed pull nobody from uploading", async () => {
  const scene = await pulled();
  await record(scene, 1);
  scene.server.show("plan", { id: "plan-3" });
  scene.server.fault = ({ path }) => (path.endsWith("/events") ? page(500) : undefined);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 1, pulled: 1, stopped: "offline" });
  scene.server.fault = ({ path }) => (path.endsWith("/sync") ? page(500) : undefined);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 1, left: 0, pulled: 0, stopped: "offline" });
});

/** A store that loses its power before or after the commit of that number. */
class FailingStore extends MemoryStore {
  left = Infinity;
  isAfter = false;

  override async commit(changes: readonly Change[], expected?: Expected): Promise<boolean> {
    if (this.left-- > 0) return super.commit(changes, expected);
    if (this.isAfter) await super.commit(changes, expected);
    throw new Error("The power is gone.");
  }
}

test("wherever the power goes, everything comes to the same in the end", async () => {
  let crashes = 0;
  for (let commit = 0; commit < 15; commit++) {
    for (const isAfter of [false, true]) {
      const store = new FailingStore();
      const scene = await begin({ store });
      for (const name of ["a", "b", "c", "d", "e"]) scene.server.show("plan", { id: name });
      Object.assign(store, { left: commit, isAfter });
      const told: string[] = [];
      try {
        for (let number = 0; number < 5; number++) told.push(...(await record(scene, 1)));
        await scene.phone.sync();
      } catch (error) {
        assert.match(String(error), /power/);
        crashes += 1;
      }
      store.left = Infinity;
      const again = await begin(scene);
      assert.equal((await again.phone.sync()).stopped, null);
      assert.ok(told.every((id) => scene.server.events.has(id)));
      assert.deepEqual(ids(await again.phone.read("events")), [...scene.server.events.keys()].sort());
      assert.deepEqual(ids(await again.phone.read("plans")), ["a", "b", "c", "d", "e"]);
      assert.deepEqual([await again.phone.read("outbox"), await again.phone.read("aside")], [[], []]);
    }
  }
  assert.ok(crashes > 20);
});
