// One contract for all stores, also for an app's own; and what a file must survive besides.

import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import "fake-indexeddb/auto";
import { IndexedStore, MemoryStore } from "../src/index.ts";
import { FileStore } from "../src/node/file_store.ts";
import type { Change, Store, Waiting } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "hep-stores-"));
after(() => rmSync(folder, { recursive: true }));

let made = 0;
const memory = new MemoryStore();
const openers: Record<string, (name: string) => Promise<Store>> = {
  memory: async () => memory,
  IndexedDB: (name) => IndexedStore.open(name),
  file: (name) => FileStore.open(join(folder, name)),
};

function entry(id: string, more: Partial<Waiting> = {}): Waiting {
  return { id, body: "{}", state: "durable", recorded_at: 1, ...more };
}

function put(id: string, more: Partial<Waiting> = {}): Change {
  return { table: "outbox", key: id, put: entry(id, more) };
}

for (const [kind, open] of Object.entries(openers)) {
  test(`the store in ${kind} keeps all of a commit or nothing, in the order of keys`, async () => {
    const name = `store-${(made += 1)}`;
    const store = await open(name);
    await store.erase();
    const opened = await open(name);
    const cursor = { table: "marks", key: "cursor", put: "1" } as const;
    assert.equal(await opened.commit([put("b"), put("a"), put("é"), cursor]), true);
    assert.deepEqual(await opened.list("outbox"), [entry("a"), entry("b"), entry("é")]);
    assert.deepEqual(await opened.list("outbox", "b"), [entry("b")]);
    assert.equal(await opened.get("outbox", "none"), undefined);
    const expected = { table: "outbox", key: "a", value: entry("a") } as const;
    assert.equal(await opened.commit([put("a", { state: "sent" })], expected), true);
    assert.equal(await opened.commit([put("c"), { table: "outbox", drop: "b" }], expected), false);
    const absent = { table: "marks", key: "cursor", value: undefined } as const;
    assert.equal(await opened.commit([{ table: "outbox", clear: true }], absent), false);
    const unstorable = { table: "outbox", key: "d", put: { ...entry("d"), alone: 1n as unknown as boolean } } as const;
    if (kind !== "IndexedDB") await assert.rejects(opened.commit([put("c"), unstorable]));
    const uncloned = { ...unstorable, put: { ...entry("d"), alone: (() => 1) as unknown as boolean } };
    if (kind === "IndexedDB") await assert.rejects(opened.commit([put("c"), uncloned]));
    assert.deepEqual(await opened.list("outbox"), [entry("a", { state: "sent" }), entry("b"), entry("é")]);
    const row = (await opened.get("outbox", "b"))!;
    row.state = "sent";
    assert.equal((await opened.get("outbox", "b"))?.state, "durable");
    assert.equal(await opened.commit([{ table: "outbox", clear: true }, put("z")]), true);
    await opened.close();
    const again = await open(name);
    assert.deepEqual([await again.list("outbox"), await again.get("marks", "cursor")], [[entry("z")], "1"]);
    assert.equal(await again.commit([]), true);
    await again.erase();
    assert.deepEqual(await (await open(name)).list("outbox"), []);
  });
}

test("a file survives a crash in the middle of a line, damage, and a disk that is full", async () => {
  const path = join(folder, "crashing", "log.jsonl");
  const open = () => FileStore.open(join(folder, "crashing"));
  const store = await open();
  for (const id of ["a", "b", "c"]) await store.commit([put(id)]);
  await store.close();
  assert.equal(statSync(path).mode & 0o077, 0);
  const whole = readFileSync(path);
  for (let bytes = whole.length - 1; bytes > whole.length - 60; bytes -= 7) {
    truncateSync(path, bytes);
    const cut = await open();
    assert.equal((await cut.list("outbox")).length, 2);
    await cut.commit([put("after the crash")]);
    await cut.close();
    assert.equal((await (await open()).list("outbox")).length, 3);
    writeFileSync(path, whole);
  }
  const damaged = Buffer.from(whole);
  damaged[40] = damaged[40]! ^ 1;
  writeFileSync(path, damaged);
  appendFileSync(path, "\0\0\0\0");
  assert.deepEqual((await (await open()).list("outbox")).map(({ id }) => id), ["b", "c"]);
});

test("a long file is written anew in one step and holds the same", async () => {
  const path = join(folder, "long", "log.jsonl");
  const store = await FileStore.open(join(folder, "long"));
  for (let number = 0; number < 60; number++) await store.commit([put("a", { body: `${number}`.repeat(10_000) })]);
  await store.close();
  assert.ok(statSync(path).size > 1_000_000);
  const shortened = await FileStore.open(join(folder, "long"));
  assert.ok(statSync(path).size < 30_000);
  await shortened.commit([put("b")]);
  await shortened.close();
  const again = await FileStore.open(join(folder, "long"));
  const rows = (await again.list("outbox")).map(({ id, body }) => [id, body.slice(0, 2)]);
  assert.deepEqual(rows, [["a", "59"], ["b", "{}"]]);
});
