// How long a phone waits, for what, and what ends the waiting: Retry-After, tokens, access that ended, closing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "../src/index.ts";
import { begin, ids, PATIENT, record } from "./scene.ts";
import { page, problem } from "./server.ts";
import type { Fault } from "./server.ts";

test("waits double from 2 s to 5 min, at random from half on, and after eight tries it is given up", async () => {
  const scene = await begin();
  await record(scene, 1);
  scene.server.fault = () => Promise.reject(new TypeError("fetch failed"));
  assert.equal((await scene.phone.sync()).stopped, "offline");
  await scene.phone.sync();
  const steps = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300];
  for (const [place, step] of steps.entries()) {
    const slept = scene.clock.slept[place]! / 1000;
    assert.ok(slept >= step / 2 && slept <= step, `${slept} for ${step}`);
  }
  assert.ok(new Set(scene.clock.slept.slice(8)).size > 1);
  const tries = scene.server.requests.length;
  scene.server.fault = () => undefined;
  assert.equal((await scene.phone.sync()).stopped, null);
  assert.equal(scene.server.requests.length, tries + 2);
});

test("what the server asks for by Retry-After is kept by whatever is sent next, up to an hour", async () => {
  for (const [asked, seconds] of [["7", 7], ["Wed, 06 May 2026 10:01:31 GMT", 90], ["86400", 3600]] as const) {
    const scene = await begin();
    await record(scene, 1);
    let isFirst = true;
    const refusal = problem(503, "unavailable", [], { "Retry-After": asked });
    scene.server.fault = () => (isFirst ? ((isFirst = false), refusal) : undefined);
    assert.equal((await scene.phone.sync()).uploaded, 1);
    const slept = scene.clock.slept.reduce((sum, ms) => sum + ms, 0) / 1000;
    assert.ok(slept >= seconds && slept <= 1.2 * seconds, `${slept} for ${seconds}`);
  }
});

test("a refused token is renewed once and never sent again; without another the outbox waits", async () => {
  let [current, renewed]: [string, string | null] = ["old", null];
  const tokens = { access: async () => current, renew: async () => renewed };
  const scene = await begin({ tokens });
  await record(scene, 3);
  assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 3, pulled: 0, stopped: "signed_out" });
  assert.equal((await scene.phone.sync()).stopped, "signed_out");
  assert.deepEqual(scene.server.requests.map(({ token }) => token), ["old"]);
  renewed = "good";
  assert.equal((await scene.phone.sync()).uploaded, 3);
  assert.deepEqual(scene.server.requests.map(({ token }) => token), ["old", "good", "good"]);
});

test("a renewal that finds no network signs nobody out", async () => {
  let isOnline = false;
  const renew = async () => (isOnline ? "good" : Promise.reject(new TypeError("fetch failed")));
  const scene = await begin({ tokens: { access: async () => "old", renew } });
  await record(scene, 1);
  assert.equal((await scene.phone.sync()).stopped, "offline");
  isOnline = true;
  assert.deepEqual((await scene.phone.sync()).uploaded, 1);
});

test("access that ended stops everything and loses nothing", async () => {
  for (const status of [403, 404]) {
    const scene = await begin();
    await record(scene, 2);
    scene.server.fault = () => problem(status, "not_found");
    assert.deepEqual(await scene.phone.sync(), { uploaded: 0, left: 2, pulled: 0, stopped: "not_yours" });
    assert.equal(scene.server.requests.length, 1);
    scene.server.fault = () => undefined;
    assert.equal((await scene.phone.sync()).uploaded, 2);
  }
});

test("the token goes in its header alone, no redirect is followed, and a request is given up in time", async () => {
  const inits: RequestInit[] = [];
  const scene = await begin();
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    inits.push(init!);
    return scene.server.fetch(input, init);
  };
  const store = scene.store;
  const around = { ...scene.clock.around(scene.server), fetch: fetch as typeof globalThis.fetch };
  const tokens = { access: async () => "good" };
  const options = { url: "https://x", patientId: PATIENT, tokens, store, onEmergency() {}, surroundings: around };
  const phone = await Phone.open(options);
  await phone.sync();
  assert.deepEqual(inits.map(({ redirect }) => redirect), ["error"]);
  assert.ok(scene.server.requests.every(({ path, query }) => !`${path}?${query}`.includes("good")));
  let tries = 0;
  around.fetch = ((_: unknown, init: RequestInit) => {
    tries += 1;
    return new Promise((_, failed) => init.signal!.addEventListener("abort", () => failed(init.signal!.reason)));
  }) as typeof globalThis.fetch;
  const slow = await Phone.open({ ...options, timeoutMs: 2 });
  assert.equal((await slow.sync()).stopped, "offline");
  assert.equal(tries, 8);
});

test("closing ends what is on its way, whatever it waits for, and loses nothing", async () => {
  const never = new Promise<Response>(() => {});
  const faults: Fault[] = [
    () => page(500),
    () => problem(503, "unavailable", [], { "Retry-After": "3600" }),
    () => never,
  ];
  for (const fault of faults) {
    const scene = await begin();
    const recorded = await record(scene, 2);
    scene.server.fault = fault;
    const around = { ...scene.clock.around(scene.server), sleep: () => new Promise<void>(() => {}) };
    around.fetch = (input, init) => {
      const aborted = new Promise<Response>((_, failed) => init!.signal!.addEventListener("abort", failed));
      return Promise.race([scene.server.fetch(input, init), aborted]);
    };
    const tokens = { access: async () => "good" };
    const options = { url: "https://x", patientId: PATIENT, tokens, store: scene.store, onEmergency() {} };
    const phone = await Phone.open({ ...options, surroundings: around });
    const syncing = phone.sync();
    const talking = phone.chat.sync();
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
    assert.ok(scene.server.requests.length > 0);
    await phone.close();
    assert.deepEqual(await syncing, { uploaded: 0, left: 2, pulled: 0, stopped: "busy" });
    assert.equal((await talking).stopped, "busy");
    assert.deepEqual(ids(await scene.phone.read("outbox")), recorded);
  }
});
