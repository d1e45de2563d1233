// The app in two tabs: one syncs at a time, by the browser's locks or by a lease, and each sees what the other did.

import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { IndexedStore } from "../src/index.ts";
import { begin, ids, record } from "./scene.ts";
import { Clock, Server } from "./server.ts";
import type { Scene } from "./scene.ts";

let made = 0;

/** Open two tabs on one database, and hold the first upload until `go` is called. */
async function tabs(): Promise<{ one: Scene; other: Scene; go: () => void }> {
  const name = `tabs-${(made += 1)}`;
  const [server, clock] = [new Server(), new Clock()];
  const one = await begin({ server, clock, store: await IndexedStore.open(name) });
  const other = await begin({ server, clock, store: await IndexedStore.open(name) });
  let go = () => {};
  const held = new Promise<void>((release) => (go = release));
  server.fault = async (_, answer) => (await held, answer());
  return { one, other, go };
}

async function withoutLocks(work: () => Promise<void>): Promise<void> {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
  try {
    await work();
  } finally {
    if (kept) Object.defineProperty(globalThis, "navigator", kept);
  }
}

async function oneAtATime(): Promise<void> {
  const { one, other, go } = await tabs();
  const recorded = [...(await record(one, 2)), ...(await record(other, 2))].sort();
  const syncing = one.phone.sync();
  assert.equal((await other.phone.sync()).stopped, "busy");
  go();
  assert.deepEqual(await syncing, { uploaded: 4, left: 0, pulled: 4, stopped: null });
  assert.equal((await other.phone.sync()).stopped, null);
  assert.deepEqual(ids(await other.phone.read("events")), recorded);
  assert.equal(one.server.requests.filter(({ method }) => method === "POST").length, 1);
  await Promise.all([one.phone.close(), other.phone.close()]);
}

test("one tab syncs at a time by the browser's locks", async () => {
  assert.ok(globalThis.navigator.locks);
  await oneAtATime();
});

test("one tab syncs at a time by a lease where there are no locks", () => withoutLocks(oneAtATime));

test("the lease of a tab that is gone ends by itself", () =>
  withoutLocks(async () => {
    const { one, other, go } = await tabs();
    await record(one, 1);
    void one.phone.sync();
    assert.equal((await other.phone.sync()).stopped, "busy");
    other.clock.now += 91_000;
    const taken = other.phone.sync();
    go();
    assert.deepEqual((await taken).left, 0);
    assert.equal(one.server.events.size, 1);
    await Promise.all([one.phone.close(), other.phone.close()]);
  }));

test("two syncs of one tab take turns", async () => {
  const { one, other, go } = await tabs();
  await record(one, 3);
  go();
  const done = await Promise.all([one.phone.sync(), one.phone.sync()]);
  assert.deepEqual(done.map(({ uploaded, stopped }) => [uploaded, stopped]), [[3, null], [0, null]]);
  await Promise.all([one.phone.close(), other.phone.close()]);
});

test("a change is told to this tab and to the others, and what an app throws undoes nothing", async () => {
  const { one, other, go } = await tabs();
  go();
  const heard: string[][] = [];
  const inOther = new Promise<string[]>((hear) => other.phone.onChange((tables) => hear([...tables])));
  const stop = one.phone.onChange((tables) => heard.push([...tables]));
  await record(one, 1);
  assert.deepEqual(heard, [["outbox"]]);
  assert.deepEqual(await inOther, ["outbox"]);
  stop();
  await one.phone.sync();
  assert.equal(heard.length, 1);
  await Promise.all([one.phone.close(), other.phone.close()]);
});
