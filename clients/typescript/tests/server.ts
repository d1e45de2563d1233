// A server of the tests, in memory, that speaks HEP sync 1 as far as a phone sees it, and a network that can go wrong.

import { surroundings } from "../src/surroundings.ts";
import type { Surroundings } from "../src/surroundings.ts";

export interface Request {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | null;
  text: string;
}

type Row = Record<string, unknown> & { id: string };

/** Does something in place of the server's answer; undefined lets the request through. */
export type Fault = (request: Request, answer: () => Response) => Response | Promise<Response> | undefined;

export class Server {
  readonly requests: Request[] = [];
  readonly events = new Map<string, string>();
  /** What is shown, each thing once in its newest state, in the order of `number`. */
  readonly changes: { number: number; kind: string; item: Row | null; id: string; plan_id: string }[] = [];
  readonly tokens = new Set(["good"]);
  fault: Fault = () => undefined;
  pageSize = 3;
  epoch = 1;
  private counter = 0;

  /** As `fetch`, for the surroundings of a phone. */
  readonly fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input));
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? null;
    const text = String(init.body ?? "");
    const request = { method: init.method ?? "GET", path: url.pathname, query: url.searchParams, token, text };
    this.requests.push(request);
    const answer = () => this.answer(request);
    return (await this.fault(request, answer)) ?? answer();
  };

  /** Show a plan, pause, goal, ... as new or changed, or as gone. */
  show(kind: string, item: Row): void {
    this.change(kind, item.id, item, String(item["plan_id"] ?? ""));
  }

  withdraw(kind: string, id: string, plan_id = ""): void {
    this.change(kind, id, null, plan_id);
  }

  private change(kind: string, id: string, item: Row | null, plan_id: string): void {
    const before = this.changes.findIndex((change) => change.kind === kind && change.id === id);
    if (before !== -1) this.changes.splice(before, 1);
    this.changes.push({ number: (this.counter += 1), kind, item, id, plan_id });
  }

  protected answer(request: Request): Response {
    if (request.token === null || !this.tokens.has(request.token)) return problem(401, "token_expired");
    if (request.path.endsWith("/events")) return this.upload(request);
    if (request.path.endsWith("/sync")) return this.page(request);
    return problem(404, "not_found");
  }

  private upload({ text }: Request): Response {
    const { events } = JSON.parse(text) as { events: Row[] };
    return json(200, { outcomes: events.map((event, index) => ({ index, id: event.id, ...this.record(event) })) });
  }

  private record(event: Row): { outcome: string; error: unknown; warnings: unknown[] } {
    const content = JSON.stringify(event);
    const known = this.events.get(event.id);
    if (known !== undefined) return outcome(known === content ? "duplicate" : "conflict");
    if (event["comment"] === "reject me") return outcome("rejected");
    this.events.set(event.id, content);
    this.change("event", event.id, event, "");
    return outcome("applied");
  }

  private page({ query }: Request): Response {
    const cursor = query.get("cursor");
    const [epoch, place] = (cursor ?? `${this.epoch}.0`).split(".").map(Number) as [number, number];
    if (Number.isNaN(place)) return problem(422, "invalid_input", [{ field: "/cursor", rule: "cursor", detail: "" }]);
    const reset = epoch !== this.epoch || cursor === null;
    const first = reset ? 0 : place;
    const newer = this.changes.filter(({ number }) => number > first);
    const part = newer.slice(0, this.pageSize);
    const last = part.at(-1)?.number ?? first;
    const there = part.filter(({ item }) => item !== null);
    const listed = (kind: string) => there.filter((change) => change.kind === kind).map(({ item }) => item);
    return json(200, {
      reset,
      settings: first === 0 ? { zone: "Europe/Berlin", day_starts_at: "00:00" } : null,
      plans: listed("plan"),
      revisions: listed("revision"),
      pauses: listed("pause"),
      goals: listed("goal"),
      acknowledgements: listed("acknowledgement"),
      events: listed("event"),
      gone: part.filter(({ item }) => item === null).map(({ kind, id, plan_id }) => ({ kind, id, plan_id })),
      cursor: `${this.epoch}.${last}`,
      more: newer.length > part.length,
      novelties: ["of a later release"],
    });
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

export function problem(status: number, code: string, errors: unknown[] = [], headers = {}): Response {
  const type = { "Content-Type": "application/problem+json" };
  return json(status, { status, code, title: code, detail: code, errors }, { ...type, ...headers });
}

/** A page that is not the server's word, as hotels and proxies show it. */
export function page(status: number, text = "<html>Welcome to the hotel</html>"): Response {
  return new Response(text, { status, headers: { "Content-Type": "text/html" } });
}

/** Time that passes only when somebody sleeps, and lots from a seed. */
export class Clock {
  now = Date.parse("2026-05-06T10:00:00Z");
  readonly slept: number[] = [];
  random: () => number;

  constructor(seed = 1) {
    this.random = lots(seed);
  }

  around(server: Server): Surroundings {
    return surroundings({
      fetch: server.fetch as typeof fetch,
      now: () => this.now,
      sleep: async (ms) => {
        this.slept.push(ms);
        this.now += ms;
      },
      random: () => this.random(),
      bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(this.random() * 256)),
      zone: () => "Europe/Berlin",
    });
  }
}

/** Return lots from 0 up to 1 that are the same for the same seed. */
export function lots(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function outcome(word: string) {
  const error = word === "conflict" || word === "rejected" ? { field: "/comment", rule: word, detail: word } : null;
  return { outcome: word, error, warnings: [] };
}
