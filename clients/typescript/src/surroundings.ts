// What a phone takes from where it runs. Tests and other runtimes give their own; nothing else here calls the clock.

export interface Surroundings {
  /** As in browsers and Node 18 or newer. */
  fetch: typeof fetch;
  /** The device's clock, in milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** A number from 0 up to 1, for waiting times. */
  random(): number;
  /** Random bytes for ids. */
  bytes(count: number): Uint8Array;
  /** IANA name of the zone that the device is in. */
  zone(): string;
}

export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    now: () => Date.now(),
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    random: () => Math.random(),
    bytes: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...given,
  };
}

/** Gives each thing that is written a time of its own, also within one millisecond, so that their order is kept. */
export class Order {
  private last = 0;

  next(now: number): number {
    return (this.last = Math.max(now, this.last + 1));
  }
}
