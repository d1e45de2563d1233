// The driver of this library for the conformance kit: one request a line on standard input, one answer a line on
// standard output, as docs/offline-sync.md has them.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { FileStore } from "../src/node/file_store.ts";
import { Phone } from "../src/phone.ts";
import type { Draft } from "../src/outbox.ts";
import type { Emergency } from "../src/shapes.ts";

interface Opening {
  base_url: string;
  token: string;
  patient_id: string;
  store: string;
  wait_scale?: number;
  timeout_seconds?: number;
}

let token = "";
let opened: Phone | null = null;
/** What the patient was shown at once since this program began. */
const shown: Emergency[] = [];

const orders: Record<string, (request: never) => Promise<object>> = {
  async open(asked: Opening) {
    token = asked.token;
    await opened?.close();
    // What one patient recorded is never sent with the sign-in of another (C3).
    const store = await FileStore.open(join(asked.store, asked.patient_id));
    opened = await Phone.open({
      url: asked.base_url,
      patientId: asked.patient_id,
      tokens: { access: async () => token },
      store,
      onEmergency: (emergency) => void shown.push(emergency),
      patience: { scale: asked.wait_scale ?? 1 },
      timeoutMs: (asked.timeout_seconds ?? 60) * 1000,
    });
    return {};
  },

  record: async ({ event }: { event: Draft }) => ({ id: (await phone().record(event)).id }),

  sync: () => phone().sync(),

  async token(renewed: { token: string }) {
    token = renewed.token;
    return {};
  },

  async state() {
    const ids = async (table: "outbox" | "events" | "plans" | "pauses") =>
      (await phone().read(table)).map(({ id }) => id);
    const aside = await phone().read("aside");
    const acknowledgements = await phone().read("acknowledgements");
    return {
      outbox: await ids("outbox"),
      set_aside: aside.map(({ id, outcome, error }) => ({ id, outcome, error })),
      events: await ids("events"),
      plans: await ids("plans"),
      pauses: await ids("pauses"),
      acknowledgements: acknowledgements.map(({ plan_id, number }) => ({ plan_id, number })),
      cursor: (await phone().mark("cursor")) ?? null,
      resets: (await phone().mark("resets")) ?? 0,
    };
  },

  /** No order of the kit's: what our own test against the server looks at. */
  shown: async () => ({ shown }),

  async close() {
    await phone().close();
    lines.close();
    return {};
  },
};

function phone(): Phone {
  if (opened === null) throw new Error("Nothing is open.");
  return opened;
}

async function answer(line: string): Promise<object> {
  try {
    const request = JSON.parse(line) as { do: string };
    const order = Object.hasOwn(orders, request.do) ? orders[request.do] : undefined;
    if (order === undefined) return { ok: false, error: `There is nothing to do as ${JSON.stringify(request.do)}.` };
    return { ok: true, ...(await order(request as never)) };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}

const lines = createInterface({ input: process.stdin });
// One after the other, however fast they come.
for await (const line of lines) process.stdout.write(JSON.stringify(await answer(line)) + "\n");
