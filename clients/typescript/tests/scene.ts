// The scene of the tests: a phone of one patient, its store, a server in memory, and a clock that nobody waits for.

import { Phone } from "../src/phone.ts";
import { MemoryStore } from "../src/stores/memory.ts";
import { Clock, Server } from "./server.ts";
import type { Tokens } from "../src/calling.ts";
import type { Draft } from "../src/outbox.ts";
import type { Emergency } from "../src/shapes.ts";
import type { Store } from "../src/stores/store.ts";

export const PATIENT = "0197c9f0-0000-7000-8000-000000000001";

export interface Scene {
  phone: Phone;
  server: Server;
  clock: Clock;
  store: Store;
  /** What the patient was shown at once. */
  shown: Emergency[];
}

export async function begin(given: Partial<Scene> & { tokens?: Tokens } = {}): Promise<Scene> {
  const { server = new Server(), clock = new Clock(), store = new MemoryStore() } = given;
  const tokens = given.tokens ?? { access: async () => "good" };
  const { shown = [] } = given;
  const onEmergency = (emergency: Emergency) => void shown.push(emergency);
  const options = { url: "https://clinic.example", patientId: PATIENT, tokens, store, onEmergency };
  const phone = await Phone.open({ ...options, surroundings: clock.around(server) });
  return { phone, server, clock, store, shown };
}

export function draft(more: Partial<Draft> = {}): Draft {
  return { prescription_id: "0197c9f0-0000-7000-8000-000000000002", version: 1, kind: "done", ...more };
}

/** Record so many events; return their ids in order. */
export async function record(scene: Scene, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number++) {
    scene.clock.now += 1000;
    ids.push((await scene.phone.record(draft({ comment: `number ${number}` }))).id);
  }
  return ids;
}

export function ids(rows: readonly { id: string }[]): string[] {
  return rows.map(({ id }) => id).sort();
}

/** The bodies of what was uploaded, request by request. */
export function batches(server: Server): { id: string }[][] {
  const uploads = server.requests.filter(({ path }) => path.endsWith("/events"));
  return uploads.map(({ text }) => (JSON.parse(text) as { events: { id: string }[] }).events);
}
