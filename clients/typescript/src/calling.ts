// One request and what its answer means to a phone. A call never raises because of the network: no answer is an answer.

import { LONGEST_ASKED_SECONDS, retryAfter } from "./waiting.ts";
import type { Address, Problem } from "./shapes.ts";
import type { Surroundings } from "./surroundings.ts";

/** The access tokens of one sign-in. Both may throw when they find no network: that signs nobody out (C14). */
export interface Tokens {
  /** Return an access token; null when nobody is signed in. */
  access(): Promise<string | null>;
  /** Return a newer access token than this one, which was refused; null when there is none to be had. */
  renew?(refused: string): Promise<string | null>;
}

export interface Answer {
  /** 0: no answer. It tells nothing about whether the request was carried out. */
  status: number;
  body: unknown;
  /** Whether it is `application/problem+json`, so that the server itself has spoken. */
  isProblem: boolean;
}

/** What an answer asks the phone to do. */
export type Meaning = "taken" | "refused" | "signed_out" | "not_yours" | "later";

export interface CallerOptions {
  url: string;
  tokens: Tokens;
  language?: string | undefined;
  timeoutMs?: number | undefined;
  /** What is asked for by `Retry-After` is multiplied by this. */
  scale?: number | undefined;
}

const NO_ANSWER: Answer = { status: 0, body: undefined, isProblem: false };
const SIGNED_OUT: Answer = { status: 401, body: undefined, isProblem: true };
const TIMEOUT_MS = 60_000;

export class Caller {
  /** Milliseconds by which the server's clock is ahead of the device's; null before the first answer. */
  clockDifference: number | null = null;
  private refusedToken: string | null = null;
  private notBefore = 0;
  private readonly ending = new AbortController();
  private readonly options: CallerOptions;
  private readonly around: Surroundings;

  constructor(options: CallerOptions, around: Surroundings) {
    this.options = options;
    this.around = around;
  }

  /** Send a request, once more with a renewed token when the token is refused. `body` is JSON text. */
  async send(method: string, path: string, body?: string): Promise<Answer> {
    try {
      await this.keepAskedWait();
      if (this.isStopped) return NO_ANSWER;
      const token = await this.token();
      if (token === null) return SIGNED_OUT;
      const answer = await this.once(method, path, token, body);
      if (answer.status !== 401 || !answer.isProblem) return answer;
      const renewed = await this.token();
      return renewed === null ? answer : await this.once(method, path, renewed, body);
    } catch {
      return NO_ANSWER;
    }
  }

  /** Give up what is on its way, and send nothing more. */
  stop(): void {
    this.ending.abort();
  }

  get isStopped(): boolean {
    return this.ending.signal.aborted;
  }

  /** Note that a token was refused, also where no request went through here, as by the socket. */
  refuse(token: string): void {
    this.refusedToken = token;
  }

  /** Return a token that was not refused yet (C14: the same is never sent over and over); null: nobody is signed in. */
  async token(): Promise<string | null> {
    const token = await this.options.tokens.access();
    if (token === null || token !== this.refusedToken) return token;
    const renewed = (await this.options.tokens.renew?.(token)) ?? null;
    return renewed === token ? null : renewed;
  }

  private async once(method: string, path: string, token: string, body: string | undefined): Promise<Answer> {
    const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.options.language) headers["Accept-Language"] = this.options.language;
    const giveUp = new AbortController();
    const abort = () => giveUp.abort();
    const timer = setTimeout(abort, this.options.timeoutMs ?? TIMEOUT_MS);
    this.ending.signal.addEventListener("abort", abort);
    try {
      // A network that sends us elsewhere, as hotels do, must not get what the patient did (C22).
      const init: RequestInit = { method, headers, redirect: "error", cache: "no-store", signal: giveUp.signal };
      if (body !== undefined) init.body = body;
      const answer = await this.read(await this.around.fetch(this.options.url + path, init));
      if (answer.status === 401 && answer.isProblem) this.refuse(token);
      return answer;
    } finally {
      clearTimeout(timer);
      this.ending.signal.removeEventListener("abort", abort);
    }
  }

  private async read(response: Response): Promise<Answer> {
    const text = await response.text();
    const now = this.around.now();
    const date = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(date)) this.clockDifference = date - now;
    const asked = retryAfter(response.headers.get("Retry-After"), now + (this.clockDifference ?? 0));
    // A little more than was asked for, and not all phones in the same moment.
    const share = 1.05 + 0.15 * this.around.random();
    if (asked !== null) this.notBefore = now + asked * share * 1000 * (this.options.scale ?? 1);
    const isProblem = /^application\/problem\+json\b/i.test(response.headers.get("Content-Type") ?? "");
    return { status: response.status, body: parsed(text), isProblem };
  }

  /** Sleep as long as the server has asked for, whichever request it said so to (C18). */
  private async keepAskedWait(): Promise<void> {
    const ended = new Promise<void>((end) => this.ending.signal.addEventListener("abort", () => end()));
    for (let rest = this.rest(); rest > 0 && !this.isStopped; rest = this.rest()) {
      await Promise.race([this.around.sleep(rest), ended]);
    }
  }

  private rest(): number {
    // A clock that was set back must not make the phone wait for days.
    return Math.min(this.notBefore - this.around.now(), 1.2 * LONGEST_ASKED_SECONDS * 1000);
  }
}

/** Tell what an answer means. What some proxy or hotel answers says nothing about the patient (C17). */
export function meaning(answer: Answer): Meaning {
  const { status, isProblem } = answer;
  if (status >= 200 && status < 300) return isObject(answer.body) ? "taken" : "later";
  if (status === 400 || status === 413 || status === 422) return "refused";
  if (!isProblem) return "later";
  if (status === 401) return "signed_out";
  if (status === 403 || status === 404) return "not_yours";
  return status === 409 || status === 412 ? "refused" : "later";
}

/** Return the problem that an answer carries, as far as it is one. */
export function problemOf(answer: Answer): Partial<Problem> {
  return isObject(answer.body) ? (answer.body as Partial<Problem>) : {};
}

/** Tell whether a problem names that field, such as `/cursor`. */
export function names(answer: Answer, field: string): boolean {
  const errors: unknown = problemOf(answer).errors;
  return Array.isArray(errors) && errors.some((error) => isObject(error) && error["field"] === field);
}

/** Return a path of the contract with its parameters put in, and a query of what is not null. */
export function at(
  address: Address,
  parameters: Record<string, string | number>,
  query: Record<string, string | number | null> = {},
): string {
  const path = address.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
  const asked = Object.entries(query).filter(([, value]) => value !== null);
  const text = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return text === "" ? path : `${path}?${text}`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
