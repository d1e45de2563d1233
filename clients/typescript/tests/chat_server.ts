// The chat of the tests' server: conversations whose messages are numbered without gaps, and a socket to hint by.

import { json, problem, Server } from "./server.ts";
import type { Message } from "../src/index.ts";
import type { Request } from "./server.ts";

export class ChatServer extends Server {
  readonly talks = new Map<string, Message[]>();
  readonly counted = new Map<string, number>();
  readonly receipts: unknown[] = [];

  say(conversation_id: string, body: string, client_id = crypto.randomUUID() as string): Message {
    const said = this.talks.get(conversation_id)!;
    const seq = said.length + 1;
    const change = (this.counted.get(conversation_id) ?? 0) + 1;
    // What a message has besides is nothing to these tests.
    const message = { conversation_id, seq, change, client_id, sender_id: "desk", body } as Message;
    this.counted.set(conversation_id, change);
    said.push(message);
    return message;
  }

  edit(conversation_id: string, seq: number, body: string): Message {
    const said = this.talks.get(conversation_id)!;
    const change = this.counted.get(conversation_id)! + 1;
    this.counted.set(conversation_id, change);
    return (said[seq - 1] = { ...said[seq - 1]!, body, change });
  }

  protected override answer(request: Request): Response {
    const [, id, rest] = /^\/v1\/conversations\/?([^/]*)\/?(.*)$/.exec(request.path) ?? [];
    if (id === undefined) return super.answer(request);
    if (!this.tokens.has(request.token ?? "")) return problem(401, "token_expired");
    if (id === "") return this.list(request.query);
    const said = this.talks.get(id);
    if (said === undefined) return problem(404, "not_found");
    if (rest === "") return json(200, this.shown(id));
    if (rest === "receipt") return json(200, this.receipts[this.receipts.push(JSON.parse(request.text)) - 1]);
    return request.method === "POST" ? this.take(id, request) : this.history(id, said, request.query);
  }

  private take(id: string, { text }: Request): Response {
    const { client_id, body } = JSON.parse(text) as Message;
    if (body === "") return problem(422, "invalid_input");
    const known = this.talks.get(id)!.find((message) => message.client_id === client_id);
    return json(201, known ?? this.say(id, body, client_id));
  }

  private history(id: string, said: Message[], query: URLSearchParams): Response {
    const after = Number(query.get("changed_after"));
    const newer = said.filter(({ change }) => change > after).sort((one, other) => one.change - other.change);
    const items = newer.slice(0, this.pageSize);
    const has_more = newer.length > items.length;
    return json(200, { conversation_id: id, items, last_seq: said.length, has_more });
  }

  private list(query: URLSearchParams): Response {
    const all = [...this.talks.keys()].map((id) => this.shown(id));
    const first = Number(query.get("cursor") ?? 0);
    const next_cursor = first + 1 < all.length ? String(first + 1) : null;
    return json(200, { items: all.slice(first, first + 1), next_cursor });
  }

  private shown(id: string) {
    const changes = this.counted.get(id) ?? 0;
    return { id, last_seq: this.talks.get(id)!.length, changes, delivered_seq: 0, read_seq: 0, unread_count: 0 };
  }
}

/** A socket as socket.io-client's, as far as the live connection sees it. */
export class Socket {
  connects = 0;
  private readonly hears = new Map<string, (said: unknown) => void>();

  on(event: string, hear: (said: never) => void): void {
    this.hears.set(event, hear as (said: unknown) => void);
  }

  off(event: string): void {
    this.hears.delete(event);
  }

  connect(): void {
    this.connects += 1;
  }

  /** Let the client hear something, and give it time to do what it does about it. */
  async tell(event: string, said?: unknown): Promise<void> {
    this.hears.get(event)?.(said);
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  }
}
