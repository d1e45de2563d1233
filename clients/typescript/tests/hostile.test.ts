// Hundreds of phones' lives drawn by lot: two phones of one patient, a network with every fault, crashes at any moment.
// In the end the server has what was recorded, once and unchanged, and both phones have what the server has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../src/index.ts";
import { begin, draft, ids } from "./scene.ts";
import { Clock, lots, page, problem, Server } from "./server.ts";
import type { Scene } from "./scene.ts";
import type { Fault } from "./server.ts";

const LIVES = Number(process.env["HEP_CLIENT_LIVES"] ?? 40);

/** Return a network that does everything that networks do, also deliver late and twice. */
function hostile(random: () => number): Fault {
  const held: (() => Response)[] = [];
  return (request, answer) => {
    for (const late of held.splice(0, random() < 0.3 ? 1 : 0)) late();
    const faults: (() => Response | Promise<Response>)[] = [
      () => Promise.reject(new TypeError("lost on the way there")),
      () => (answer(), Promise.reject(new TypeError("lost on the way back"))),
      () => (held.push(answer), Promise.reject(new TypeError("late"))),
      () => (answer(), answer()),
      () => (answer(), page(502)),
      () => (answer(), page(200, '{"outcomes": [')),
      () => page(404),
      () => page(401),
      () => problem(503, "unavailable", [], { "Retry-After": "3" }),
      () => problem(429, "too_many", [], { "Retry-After": "1" }),
      () => problem(500, "internal"),
      () => (request.method === "POST" && random() < 0.5 ? problem(413, "too_large") : answer()),
    ];
    return random() < 0.5 ? undefined : faults[Math.floor(random() * faults.length)]!();
  };
}

async function live(seed: number): Promise<void> {
  const random = lots(seed);
  const server = new Server();
  server.pageSize = 1 + Math.floor(random() * 5);
  const stores = [new MemoryStore(), new MemoryStore()];
  const phones: Scene[] = [];
  for (const [number, store] of stores.entries()) {
    phones.push(await begin({ server, store, clock: new Clock(seed * 2 + number) }));
  }
  const said = new Map<string, string>();
  for (let step = 0; step < 25; step++) {
    const place = random() < 0.5 ? 0 : 1;
    const lot = random();
    if (lot < 0.5) {
      const event = await phones[place]!.phone.record(draft({ pain: Math.floor(random() * 11) }));
      said.set(event.id, JSON.stringify(event));
    } else if (lot < 0.6) {
      // Killed in the middle of a sync, whose requests go on without it, and opened again on the same store.
      const old = phones[place]!;
      server.fault = hostile(random);
      const dying = old.phone.sync();
      phones[place] = await begin({ server, store: stores[place]!, clock: old.clock });
      await Promise.all([dying, phones[place]!.phone.sync()]);
    } else if (lot < 0.65) {
      server.show(random() < 0.5 ? "plan" : "pause", { id: `${Math.floor(random() * 4)}`, plan_id: "0", step });
    } else if (lot < 0.7) server.withdraw("pause", `${Math.floor(random() * 4)}`, "0");
    else {
      server.fault = hostile(random);
      await phones[place]!.phone.sync();
    }
  }
  server.fault = () => undefined;
  for (const { phone } of phones) await phone.sync();
  // A 413 that was drawn for a single event has set it aside: that is the server's word, and nothing is lost by it.
  const aside = (await Promise.all(phones.map(({ phone }) => phone.read("aside")))).flat();
  const told = new Set(aside.map(({ body }) => body));
  assert.deepEqual([...said].filter(([id, body]) => server.events.get(id) !== body && !told.has(body)), []);
  assert.ok([...server.events].every(([id, body]) => said.get(id) === body));
  for (const { phone } of phones) {
    await phone.sync();
    assert.deepEqual(await phone.read("outbox"), []);
    assert.deepEqual(ids(await phone.read("events")), [...server.events.keys()].sort());
    for (const kind of ["plan", "pause"] as const) assert.deepEqual(await phone.read(`${kind}s`), shown(server, kind));
  }
}

/** Return what is there of a kind after all changes, in the order of ids. */
function shown(server: Server, kind: string): unknown[] {
  const rows = new Map<string, unknown>();
  for (const change of server.changes.filter((each) => each.kind === kind)) {
    if (change.item === null) rows.delete(change.id);
    else rows.set(change.id, change.item);
  }
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

test(`${LIVES} lives lose nothing, count nothing twice, and end the same on both phones`, async () => {
  for (let seed = 1; seed <= LIVES; seed++) {
    try {
      await live(seed);
    } catch (error) {
      throw new Error(`in the life with seed ${seed}`, { cause: error });
    }
  }
});
