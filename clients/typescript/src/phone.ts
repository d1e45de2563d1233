// A patient's phone: what an app calls. It records at once and without a network, and brings phone and server together
// whenever it may. docs/offline-sync.md is what it keeps to.

import { Caller } from "./calling.ts";
import { Chat } from "./chat/chat.ts";
import { LateWrites } from "./late.ts";
import { Outbox } from "./outbox.ts";
import { Puller } from "./pulling.ts";
import { surroundings } from "./surroundings.ts";
import { Turns } from "./turns.ts";
import { Uploader } from "./uploading.ts";
import { Patience } from "./waiting.ts";
import { WatchedStore } from "./watching.ts";
import type { Tokens } from "./calling.ts";
import type { Draft } from "./outbox.ts";
import type { Emergency, EventIn, GoalValueIn } from "./shapes.ts";
import type { Store } from "./stores/store.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Table, Tables } from "./tables.ts";
import type { Turn } from "./turns.ts";
import type { Stopped } from "./uploading.ts";
import type { PatienceOptions } from "./waiting.ts";
import type { Watcher } from "./watching.ts";

export interface PhoneOptions {
  /** Where the API is, such as `https://api.clinic.example`. */
  url: string;
  patientId: string;
  tokens: Tokens;
  store: Store;
  /**
   * Show this to the patient at once, whatever else is on the screen: what they reported may be an emergency. It is
   * called during a sync, and again when the same events had to be sent again.
   */
  onEmergency(emergency: Emergency): void;
  /** What `Accept-Language` says. */
  language?: string;
  /** After so many milliseconds without a whole answer a request has failed; 60,000 when left out. */
  timeoutMs?: number;
  patience?: Partial<PatienceOptions>;
  surroundings?: Partial<Surroundings>;
}

/** What a sync did, and why it ended early if it did. */
export interface Synced {
  uploaded: number;
  /** Events that are still in the outbox. */
  left: number;
  pulled: number;
  stopped: Stopped | null;
}

// A device's clock that is off by more than this is not believed (C24).
const CLOCK_OFF_MS = 5 * 60_000;

/** A store that keeps what another patient recorded (C3). */
export class OtherPatient extends Error {}

export class Phone {
  readonly chat: Chat;
  private readonly store: WatchedStore;
  private readonly around: Surroundings;
  private readonly patience: Patience;
  private readonly caller: Caller;
  private readonly outbox: Outbox;
  private readonly late: LateWrites;
  private readonly uploader: Uploader;
  private readonly puller: Puller;
  private readonly turns: Turns;

  private constructor(options: PhoneOptions, store: WatchedStore) {
    this.store = store;
    this.around = surroundings(options.surroundings);
    this.patience = new Patience(this.around, options.patience);
    this.caller = new Caller({ ...options, scale: options.patience?.scale }, this.around);
    this.outbox = new Outbox(store, this.around);
    const means = { caller: this.caller, store, patience: this.patience, around: this.around };
    this.late = new LateWrites(means);
    this.uploader = new Uploader(means, this.outbox, options.patientId, (emergency) => options.onEmergency(emergency));
    this.puller = new Puller(means, options.patientId);
    this.chat = new Chat(this.caller, store, this.around, options.patience);
    this.turns = new Turns("sync", store, this.around);
  }

  /** Open a patient's phone on a store that is theirs alone; raise OtherPatient when it is another's. */
  static async open(options: PhoneOptions): Promise<Phone> {
    const { store, patientId } = options;
    const mark = { table: "marks", key: "patient" } as const;
    await store.commit([{ ...mark, put: patientId }], { ...mark, value: undefined });
    const owner = await store.get("marks", "patient");
    if (owner !== patientId) throw new OtherPatient(`This store is of the patient ${String(owner)}.`);
    const phone = new Phone(options, new WatchedStore(store));
    phone.caller.clockDifference = Number((await store.get("marks", "clock")) ?? 0);
    return phone;
  }

  /** Record an event; resolved means that it will not be lost. What the draft leaves out is filled in. */
  async record(draft: Draft): Promise<EventIn> {
    const settings = await this.store.get("settings", "settings");
    return this.outbox.record(draft, this.time(), settings?.day_starts_at ?? "00:00");
  }

  /** Correct an entry, named by the `id` of its first event: the whole entry anew, which from now on stands for it. */
  async correct(entryId: string, draft: Draft): Promise<EventIn> {
    return this.record({ ...draft, entry_id: entryId, revision: (await this.highestRevision(entryId)) + 1 });
  }

  /** Keep that the patient has seen the words of a revision. */
  acknowledge(planId: string, number: number): Promise<void> {
    return this.late.acknowledge(planId, number, this.time());
  }

  /** Keep a value of a goal that has a measure. */
  addGoalValue(planId: string, goalId: string, value: Omit<GoalValueIn, "id">): Promise<string> {
    return this.late.addGoalValue(planId, goalId, value, this.time());
  }

  /** Send what waits and pull what is new: one attempt, with tries in between. Never raises because of the network. */
  async sync(): Promise<Synced> {
    const done = await this.turns.take((isMine) => this.syncNow(isMine));
    return done ?? { uploaded: 0, left: await this.left(), pulled: 0, stopped: "busy" };
  }

  /** Read the rows of a table: the plans that were pulled, the outbox, what was set aside, ... */
  read<T extends Table>(table: T): Promise<Tables[T][]> {
    return this.store.list(table);
  }

  mark(name: "cursor" | "resets"): Promise<Tables["marks"] | undefined> {
    return this.store.get("marks", name);
  }

  /** Drop what the person is done with: what was set aside, a question that was answered. */
  async dismiss(table: "aside" | "late_aside" | "questions", id: string): Promise<void> {
    await this.store.commit([{ table, drop: id }]);
  }

  /** Call after every change of what is kept, with the tables that changed; return what stops it. */
  onChange(watcher: Watcher): () => void {
    return this.store.watch(watcher);
  }

  /** Say that the network is back, so that nobody waits any longer than the server asked for. */
  hurry(): void {
    this.patience.hurry();
    this.chat.hurry();
  }

  /** The time by the server's clock when the device's is obviously off, else the device's. */
  time(): number {
    const difference = this.caller.clockDifference ?? 0;
    return this.around.now() + (Math.abs(difference) > CLOCK_OFF_MS ? difference : 0);
  }

  /** End what is on its way and let go of the store. */
  async close(): Promise<void> {
    await this.end();
    await this.store.close();
  }

  /** Sign out: remove everything for good, also what was not sent. Ask the person first if anything is `left` (C34). */
  async erase(): Promise<void> {
    await this.end();
    await this.store.erase();
  }

  private async end(): Promise<void> {
    this.caller.stop();
    this.patience.stop();
    await Promise.all([this.turns.idle(), this.chat.end()]);
  }

  private async syncNow(hasTurn: Turn): Promise<Synced> {
    const isMine = async () => !this.caller.isStopped && (await hasTurn());
    this.patience.begin();
    const { uploaded, stopped } = await this.uploader.run(isMine);
    let ended: Stopped | null = stopped ?? (await this.late.run(isMine));
    let pulled = 0;
    // An upload that fails must not keep the phone from pulling (C30), unless nobody may.
    if (ended === null || ended === "offline") {
      const pull = await this.puller.run(isMine);
      pulled = pull.pulled;
      ended = pull.stopped ?? ended;
    }
    await this.keepClock();
    return { uploaded, left: await this.left(), pulled, stopped: ended };
  }

  private async left(): Promise<number> {
    return (await this.store.list("outbox")).length;
  }

  private async keepClock(): Promise<void> {
    const difference = this.caller.clockDifference ?? 0;
    const kept = Number((await this.store.get("marks", "clock")) ?? 0);
    if (Math.abs(difference - kept) < CLOCK_OFF_MS) return;
    await this.store.commit([{ table: "marks", key: "clock", put: difference }]);
  }

  private async highestRevision(entryId: string): Promise<number> {
    const kept = [...(await this.store.list("outbox")), ...(await this.store.list("settled"))];
    const own = kept.map(({ body }) => JSON.parse(body) as EventIn);
    const all = [...own, ...(await this.store.list("events"))];
    const ofEntry = all.filter((event) => (event.entry_id ?? event.id) === entryId);
    return ofEntry.reduce((highest, event) => Math.max(highest, event.revision ?? 0), 0);
  }
}
