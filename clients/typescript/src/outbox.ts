// The outbox: events from `durable` to `settled` or `set aside` (docs/offline-sync.md, C5 to C12). It decides what is
// kept; when and how it is sent is the uploader's.

import { uuid7 } from "./identifiers.ts";
import { lived } from "./days.ts";
import { Order } from "./surroundings.ts";
import type { EventIn, EventOutcome, FieldError } from "./shapes.ts";
import type { Change, Store } from "./stores/store.ts";
import type { Surroundings } from "./surroundings.ts";
import type { SetAside, Waiting } from "./tables.ts";

/** What an app says of an event; what it leaves out of id, time and zone is filled in for now and here. */
export type Draft = Omit<EventIn, Filled> & Partial<Pick<EventIn, Filled>>;
type Filled = "id" | "revision" | "performed_at" | "zone" | "performed_on";

/** An event that was recorded already, with other content, under the same id. */
export class IdTaken extends Error {
  constructor(id: string) {
    super(`Another event is recorded under ${id}; a correction needs an id of its own.`);
  }
}

export class Outbox {
  private readonly store: Store;
  private readonly around: Surroundings;
  private readonly order = new Order();

  constructor(store: Store, around: Surroundings) {
    this.store = store;
    this.around = around;
  }

  /** Keep an event and return it as it will be sent; once this has resolved it is `durable`. */
  async record(draft: Draft, now: number, dayStartsAt: string): Promise<EventIn> {
    const event = this.complete(draft, now, dayStartsAt);
    const { id } = event;
    const entry: Waiting = { id, body: JSON.stringify(event), state: "durable", recorded_at: this.order.next(now) };
    const known = await this.known(id);
    if (known === undefined) {
      const expected = { table: "outbox", key: id, value: undefined } as const;
      if (await this.store.commit([{ table: "outbox", key: id, put: entry }], expected)) return event;
    }
    // The app was killed after recording and before it knew: saying it again is no second event.
    if ((known ?? (await this.known(id))) !== entry.body) throw new IdTaken(id);
    return event;
  }

  /** Return what waits, the oldest first and what went wrong by itself last. */
  async waiting(): Promise<Waiting[]> {
    const all = await this.store.list("outbox");
    const place = (entry: Waiting) => (entry.alone ? Infinity : entry.recorded_at);
    return all.sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0));
  }

  /** Note that entries may reach the server from now on. */
  async markSent(entries: readonly Waiting[]): Promise<void> {
    const fresh = entries.filter((entry) => entry.state === "durable");
    for (const entry of fresh) entry.state = "sent";
    const changes = fresh.map((entry) => ({ table: "outbox" as const, key: entry.id, put: entry }));
    if (changes.length > 0) await this.store.commit(changes);
  }

  /** Note that an entry failed by itself, again and again. */
  async markAlone(entry: Waiting): Promise<void> {
    const { id } = entry;
    await this.store.commit([{ table: "outbox", key: id, put: { ...entry, alone: true } }]);
  }

  /** Go by the outcomes of a batch, all in one step; return how many events are settled. */
  async settle(entries: readonly Waiting[], outcomes: readonly EventOutcome[], now: number): Promise<number> {
    const changes = entries.flatMap((entry, index) => after(entry, outcomes[index]!, now));
    await this.store.commit(changes);
    return changes.filter(({ table }) => table === "settled").length;
  }

  /** Set a single event aside that the server refuses as a whole request (C16). */
  async setAside(entry: Waiting, error: FieldError, now: number): Promise<void> {
    await this.store.commit(aside(entry, "refused", error, now));
  }

  private async known(id: string): Promise<string | undefined> {
    const found = await Promise.all([
      this.store.get("outbox", id), this.store.get("settled", id), this.store.get("aside", id),
    ]);
    return found.find((entry) => entry !== undefined)?.body;
  }

  private complete(draft: Draft, now: number, dayStartsAt: string): EventIn {
    const zone = draft.zone ?? this.around.zone();
    const id = (draft.id ?? uuid7(now, this.around.bytes(10))).toLowerCase();
    return { revision: 0, ...lived(now, zone, dayStartsAt), ...draft, zone, id };
  }
}

/** Return what becomes of an entry; an outcome that is not final, or not known, changes nothing (C12). */
function after(entry: Waiting, answer: EventOutcome, now: number): Change[] {
  const { id, body } = entry;
  switch (answer.outcome) {
    case "applied":
    case "duplicate": {
      const settled: Change[] = [
        { table: "outbox", drop: id },
        { table: "settled", key: id, put: { id, body, settled_at: now } },
      ];
      const warnings = answer.warnings ?? [];
      if (warnings.length > 0) settled.push({ table: "questions", key: id, put: { id, body, warnings } });
      return settled;
    }
    case "conflict":
    case "rejected":
      return aside(entry, answer.outcome, answer.error, now);
    default:
      return [];
  }
}

function aside({ id, body }: Waiting, outcome: SetAside["outcome"], error: FieldError | null, now: number): Change[] {
  return [{ table: "outbox", drop: id }, { table: "aside", key: id, put: { id, body, outcome, error, at: now } }];
}
