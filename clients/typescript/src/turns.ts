// One sync at a time (C23), also when the app is open in several tabs: the browser's locks where there are any, else a
// lease in the store. Two at a time would lose nothing; they would send everything twice.

import type { Store } from "./stores/store.ts";
import type { Surroundings } from "./surroundings.ts";

// Longer than any single request, so that only a tab that is gone or frozen loses its turn.
const LEASE_MS = 90_000;

/** Tells whether the turn is still one's own; asked before each request. */
export type Turn = () => Promise<boolean>;

export class Turns {
  private readonly store: Store;
  private readonly around: Surroundings;
  private readonly holder: string;
  private readonly of: string;
  private running: Promise<unknown> = Promise.resolve();

  /** `of` names what is done in turns: syncing, or the chat. */
  constructor(of: string, store: Store, around: Surroundings) {
    this.of = of;
    this.store = store;
    this.around = around;
    this.holder = Array.from(around.bytes(8), (byte) => byte.toString(16)).join("");
  }

  /** Do some work when this tab's own turn has come; null when another tab is at work. */
  take<Result>(work: (isMine: Turn) => Promise<Result>): Promise<Result | null> {
    const turn = this.running.then(() => this.amongTabs(work));
    this.running = turn.catch(() => undefined);
    return turn;
  }

  /** Wait until nobody of this tab is at work. */
  async idle(): Promise<void> {
    await this.running;
  }

  private get key(): string {
    return `lease ${this.of}`;
  }

  private async amongTabs<Result>(work: (isMine: Turn) => Promise<Result>): Promise<Result | null> {
    const name = this.store.sharedAs;
    if (name === null) return work(async () => true);
    const locks = globalThis.navigator?.locks;
    if (locks === undefined) return this.underLease(work);
    return await locks.request(`${name} ${this.of}`, { ifAvailable: true }, async (lock) =>
      lock === null ? null : work(async () => true),
    );
  }

  private async underLease<Result>(work: (isMine: Turn) => Promise<Result>): Promise<Result | null> {
    if (!(await this.claim())) return null;
    try {
      return await work(() => this.claim());
    } finally {
      await this.leave();
    }
  }

  /** Take or renew the lease; false when another tab has it. */
  private async claim(): Promise<boolean> {
    const now = this.around.now();
    const value = await this.store.get("marks", this.key);
    const isTheirs = typeof value === "object" && value !== null && value.holder !== this.holder && value.until > now;
    // A lease that ends far ahead was made before the clock was set back.
    if (isTheirs && value.until <= now + LEASE_MS) return false;
    const put = { holder: this.holder, until: now + LEASE_MS };
    return this.store.commit([{ table: "marks", key: this.key, put }], { table: "marks", key: this.key, value });
  }

  private async leave(): Promise<void> {
    const value = await this.store.get("marks", this.key);
    if (typeof value !== "object" || value === null || value.holder !== this.holder) return;
    await this.store.commit([{ table: "marks", drop: this.key }], { table: "marks", key: this.key, value });
  }
}
