// What else is written without a network: acknowledgements and values of goals.

import assert from "node:assert/strict";
import { test } from "node:test";
import { begin } from "./scene.ts";
import { json, page, problem } from "./server.ts";

test("an acknowledgement and a goal's value are kept and sent until they are taken", async () => {
  const scene = await begin();
  await scene.phone.acknowledge("plan", 3);
  const id = await scene.phone.addGoalValue("plan", "goal", { value: 12 });
  scene.clock.now += 60_000;
  await scene.phone.acknowledge("plan", 3);
  scene.server.fault = () => page(502);
  assert.equal((await scene.phone.sync()).stopped, "offline");
  const taken: [string, string, unknown][] = [];
  scene.server.fault = ({ method, path, text }) => {
    if (path.endsWith("/sync")) return undefined;
    taken.push([method, path, JSON.parse(text)]);
    return json(200, {});
  };
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.deepEqual(taken, [
    ["PUT", "/v1/plans/plan/revisions/3/acknowledgement", { acknowledged_at: "2026-05-06T10:00:00.000Z" }],
    ["POST", "/v1/plans/plan/goals/goal/values", { value: 12, id }],
  ]);
  assert.deepEqual([await scene.phone.read("late"), await scene.phone.read("late_aside")], [[], []]);
});

test("one that is refused by its time goes again without it; one that is refused for good keeps no other", async () => {
  const scene = await begin();
  await scene.phone.acknowledge("gone", 1);
  await scene.phone.acknowledge("plan", 1);
  const bodies: string[] = [];
  const errors = [{ field: "/acknowledged_at", rule: "in_future", detail: "" }];
  scene.server.fault = ({ path, text }) => {
    if (path.endsWith("/sync")) return undefined;
    if (path.includes("gone")) return problem(404, "not_found");
    bodies.push(text);
    return text === "{}" ? json(200, {}) : problem(422, "invalid_input", errors);
  };
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.deepEqual(bodies, ['{"acknowledged_at":"2026-05-06T10:00:00.000Z"}', "{}"]);
  const aside = (await scene.phone.read("late_aside")).map(({ id, error }) => [id, error?.rule]);
  assert.deepEqual(aside, [["gone/1", "not_found"]]);
  scene.server.fault = ({ path }) => (path.endsWith("/sync") ? undefined : problem(422, "invalid_input", errors));
  await scene.phone.acknowledge("plan", 2);
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.equal((await scene.phone.read("late_aside")).length, 2);
  await scene.phone.dismiss("late_aside", "plan/2");
  await scene.phone.dismiss("late_aside", "gone/1");
  assert.deepEqual(await scene.phone.read("late_aside"), []);
});

test("a 403 stops and keeps all that waits, for it says nothing of one write alone", async () => {
  const scene = await begin();
  await scene.phone.acknowledge("plan", 1);
  await scene.phone.addGoalValue("plan", "goal", { value: 12 });
  const asked = () => scene.server.requests.filter(({ path }) => path.startsWith("/v1/plans/")).length;
  scene.server.fault = ({ path }) => (path.startsWith("/v1/plans/") ? problem(403, "terms_to_accept") : undefined);
  assert.equal((await scene.phone.sync()).stopped, "not_yours");
  assert.deepEqual([asked(), (await scene.phone.read("late")).length], [1, 2]);
  assert.deepEqual(await scene.phone.read("late_aside"), []);
  scene.server.fault = ({ path }) => (path.startsWith("/v1/plans/") ? json(200, {}) : undefined);
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.deepEqual([asked(), await scene.phone.read("late")], [3, []]);
});
