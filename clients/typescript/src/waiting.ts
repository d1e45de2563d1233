// How long to wait after a failed try (C19): 2 s doubling to 5 min, at random from half of it on. Failures in a row are
// counted over uploads and pulls alike. What a server asks for by `Retry-After` is kept by the caller.

import type { Surroundings } from "./surroundings.ts";

const FIRST_SECONDS = 2;
const LONGEST_SECONDS = 300;
export const LONGEST_ASKED_SECONDS = 3_600;

export interface PatienceOptions {
  /** After so many failed tries in a row a sync gives up for now. */
  tries: number;
  /** All waits are multiplied by this: the conformance kit, and an app's own tests, have no time. */
  scale: number;
}

export const PATIENCE: PatienceOptions = { tries: 8, scale: 1 };

/** Counts failures in a row and waits between requests. */
export class Patience {
  private failures = 0;
  private triesLeft = 0;
  private notBefore = 0;
  private isStopped = false;
  private wake: () => void = () => undefined;
  private readonly around: Surroundings;
  private readonly options: PatienceOptions;

  constructor(around: Surroundings, options: Partial<PatienceOptions> = {}) {
    this.around = around;
    this.options = { ...PATIENCE, ...options };
  }

  /** Begin a sync: it has all its tries, but the wait after the last failure is still to be kept. */
  begin(): void {
    this.triesLeft = this.options.tries;
  }

  /** Sleep until the next request may be sent. */
  async wait(): Promise<void> {
    for (let rest = this.rest(); rest > 0; rest = this.rest()) {
      await Promise.race([this.around.sleep(rest), new Promise<void>((wake) => (this.wake = wake))]);
    }
  }

  succeeded(): void {
    this.failures = 0;
    this.triesLeft = this.options.tries;
  }

  /** Note a failed try; false: it is time to give up. */
  failed(): boolean {
    this.failures += 1;
    this.triesLeft -= 1;
    this.notBefore = this.around.now() + this.waitingTime() * 1000;
    return this.triesLeft > 0;
  }

  /** The network has come back: wait no longer. */
  hurry(): void {
    this.notBefore = 0;
    this.wake();
  }

  private waitingTime(): number {
    return waitingTime(this.failures, this.around.random()) * this.options.scale;
  }

  /** Never wait again: the phone is being closed. */
  stop(): void {
    this.isStopped = true;
    this.wake();
  }

  private rest(): number {
    if (this.isStopped) return 0;
    // A clock that was set back must not make the phone wait for days.
    return Math.min(this.notBefore - this.around.now(), LONGEST_SECONDS * 1000);
  }
}

/** Return the seconds to wait after so many failures in a row (1, 2, ...); `random` is from 0 up to 1. */
export function waitingTime(failures: number, random: number): number {
  return Math.min(FIRST_SECONDS * 2 ** (failures - 1), LONGEST_SECONDS) * (0.5 + random / 2);
}

/** Return the seconds that a `Retry-After` asks for, given in seconds or as a date; null when it says nothing. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = /^\s*\d+\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), LONGEST_ASKED_SECONDS) : null;
}
