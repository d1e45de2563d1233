// The chat: messages in the order of `seq` without gaps, as they read after all changes, and those of one's own until the
// server has them (C33). What the socket brings is a hint; what counts is read here.

import { at, meaning, problemOf } from "../calling.ts";
import { uuid7 } from "../identifiers.ts";
import { Order } from "../surroundings.ts";
import { Turns } from "../turns.ts";
import { Patience } from "../waiting.ts";
import { Conversations } from "./conversations.ts";
import type { Answer, Caller } from "../calling.ts";
import type { ConversationPage, History, Message, MessageIn } from "../shapes.ts";
import type { Store } from "../stores/store.ts";
import type { Surroundings } from "../surroundings.ts";
import type { KnownConversation, Unsent } from "../tables.ts";
import type { Stopped } from "../uploading.ts";
import type { PatienceOptions } from "../waiting.ts";

export interface CaughtUp {
  /** Messages that were new to this phone. */
  received: number;
  /** Messages of one's own that the server has now. */
  sent: number;
  stopped: Stopped | null;
}

const MESSAGES = "/v1/conversations/{conversation_id}/messages";
const ONE = "/v1/conversations/{conversation_id}";
const RECEIPT = "/v1/conversations/{conversation_id}/receipt";

/** Raised inside a sync to end it; it never leaves this file. */
class Ended extends Error {
  readonly reason: Stopped;

  constructor(reason: Stopped) {
    super(reason);
    this.reason = reason;
  }
}

export class Chat {
  readonly caller: Caller;
  readonly around: Surroundings;
  private readonly known: Conversations;
  private readonly store: Store;
  private readonly patience: Patience;
  private readonly turns: Turns;
  private readonly order = new Order();

  constructor(caller: Caller, store: Store, around: Surroundings, patience: Partial<PatienceOptions> | undefined) {
    this.caller = caller;
    this.around = around;
    this.store = store;
    this.known = new Conversations(store);
    this.patience = new Patience(around, patience);
    this.turns = new Turns("chat", store, around);
  }

  /** Keep a message to be sent; resolved means that it will not be lost. Return its `client_id`. */
  async write(conversationId: string, body: string, about: MessageIn["about"] = null): Promise<string> {
    const now = this.order.next(this.around.now());
    const client_id = uuid7(now, this.around.bytes(10));
    const text = JSON.stringify({ client_id, body, about } satisfies MessageIn);
    const put: Unsent = { client_id, conversation_id: conversationId, body: text, written_at: now, refused: null };
    await this.store.commit([{ table: "unsent", key: client_id, put }]);
    return client_id;
  }

  /** Note how far the person has read; the server hears of it with the next sync. */
  async markRead(conversationId: string, seq: number): Promise<void> {
    await this.known.change(conversationId, (known) => ({ ...known, read: Math.max(known.read, seq) }));
  }

  conversations(): Promise<KnownConversation[]> {
    return this.store.list("conversations");
  }

  /** Return a conversation's messages in their order. */
  messages(conversationId: string): Promise<Message[]> {
    return this.store.list("messages", `${conversationId}/`);
  }

  /** Return what is not sent yet, or never will be, in the order of writing. */
  async unsent(): Promise<Unsent[]> {
    const all = await this.store.list("unsent");
    return all.sort((one, other) => one.written_at - other.written_at || (one.client_id < other.client_id ? -1 : 1));
  }

  /** Drop a message that was refused. */
  async dismiss(clientId: string): Promise<void> {
    await this.store.commit([{ table: "unsent", drop: clientId }]);
  }

  /** Catch up on all conversations, send what waits, and report how far this phone is. */
  async sync(): Promise<CaughtUp> {
    const done = await this.turns.take(async (hasTurn) => {
      const isMine = async () => !this.caller.isStopped && (await hasTurn());
      const soFar: CaughtUp = { received: 0, sent: 0, stopped: null };
      this.patience.begin();
      try {
        for (const id of await this.list()) if (await isMine()) soFar.received += await this.catchUp(id);
        for (const unsent of await this.unsent()) if (await isMine()) soFar.sent += await this.send(unsent);
        for (const known of await this.conversations()) if (await isMine()) await this.report(known);
      } catch (ended) {
        if (!(ended instanceof Ended)) throw ended;
        soFar.stopped = ended.reason;
      }
      return soFar;
    });
    return done ?? { received: 0, sent: 0, stopped: "busy" };
  }

  /** The network has come back: wait no longer. */
  hurry(): void {
    this.patience.hurry();
  }

  /** Wait for nothing any more, and until no sync is on its way. */
  end(): Promise<void> {
    this.patience.stop();
    return this.turns.idle();
  }

  /** Take a message that the socket brought, new or changed; false: there is a gap before it, so catch up. */
  hear(message: Message): Promise<boolean> {
    return this.known.take(message);
  }

  /** Read a conversation again, whose people have changed; forget it when it is ours no more. */
  async readAgain(conversationId: string): Promise<void> {
    await this.turns.take(async () => {
      this.patience.begin();
      try {
        if (await this.stillOurs(conversationId)) await this.catchUp(conversationId);
      } catch (ended) {
        if (!(ended instanceof Ended)) throw ended;
      }
    });
  }

  /** Read all conversations; return the ids of those that are ahead of this phone. */
  private async list(): Promise<string[]> {
    const missing = new Set((await this.conversations()).map(({ shown }) => shown.id));
    const ahead: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await this.answered("GET", at("/v1/conversations", {}, { cursor, limit: 100 }));
      if (meaning(answer) !== "taken") throw new Ended("not_yours");
      const page = answer.body as ConversationPage;
      for (const shown of page.items) {
        missing.delete(shown.id);
        const known = await this.known.show(shown);
        if ((known.changed ?? 0) < shown.changes || known.have < shown.last_seq) ahead.push(shown.id);
      }
      cursor = page.next_cursor;
    } while (cursor !== null);
    // One that moved up between two pages is missing from both: only its own 404 says that it is gone.
    for (const id of missing) if (await this.stillOurs(id)) ahead.push(id);
    return ahead;
  }

  private async stillOurs(id: string): Promise<boolean> {
    const answer = await this.answered("GET", at(ONE, { conversation_id: id }));
    if (meaning(answer) === "taken") return true;
    await this.forgetIfGone(id, answer);
    return false;
  }

  /** Only a 404 says that a conversation is ours no more; another refusal takes nothing away. */
  private async forgetIfGone(id: string, answer: Answer): Promise<void> {
    if (answer.status === 404) await this.known.forget(id);
  }

  private async catchUp(id: string): Promise<number> {
    let received = 0;
    for (;;) {
      const { have = 0, changed: after = 0 } = (await this.known.known(id)) ?? {};
      const asked = { changed_after: after, limit: 100 };
      const answer = await this.answered("GET", at(MESSAGES, { conversation_id: id }, asked));
      if (meaning(answer) !== "taken") {
        await this.forgetIfGone(id, answer);
        return received;
      }
      const page = answer.body as History;
      const isNext = page.items.every(({ change }, place) => change > (page.items[place - 1]?.change ?? after));
      if (!isNext || (page.has_more && page.items.length === 0)) throw new Ended("offline");
      // Between two pages a message may be missing whose change is in the second one.
      const whole = page.has_more ? have : page.last_seq;
      const fresh = page.items.filter(({ seq }) => seq > have).length;
      if (await this.known.apply(id, after, page.items, whole)) received += fresh;
      if (!page.has_more) return received;
    }
  }

  private async send(unsent: Unsent): Promise<number> {
    if (unsent.refused !== null) return 0;
    const answer = await this.answered("POST", at(MESSAGES, { conversation_id: unsent.conversation_id }), unsent.body);
    if (meaning(answer) === "taken") {
      const message = answer.body as Message;
      await this.known.keepOwn(message);
      if (!(await this.known.take(message))) await this.catchUp(message.conversation_id);
      return 1;
    }
    const { code = "refused", detail = "" } = problemOf(answer);
    const put = { ...unsent, refused: { code, detail } };
    await this.store.commit([{ table: "unsent", key: unsent.client_id, put }]);
    return 0;
  }

  private async report(known: KnownConversation): Promise<void> {
    const receipt = { delivered_seq: known.have, read_seq: Math.min(known.read, known.have) };
    if (receipt.delivered_seq <= known.delivered && receipt.read_seq <= known.shown.read_seq) return;
    const path = at(RECEIPT, { conversation_id: known.shown.id });
    if (meaning(await this.answered("PUT", path, JSON.stringify(receipt))) !== "taken") return;
    await this.known.change(known.shown.id, (now) => ({
      ...now,
      delivered: receipt.delivered_seq,
      shown: { ...now.shown, read_seq: Math.max(now.shown.read_seq, receipt.read_seq) },
    }));
  }

  /** Ask until there is an answer that is final for this request; a 401 or 403 ends the sync, and keeps all (C15). */
  private async answered(method: string, path: string, body?: string): Promise<Answer> {
    for (;;) {
      await this.patience.wait();
      if (this.caller.isStopped) throw new Ended("busy");
      const answer = await this.caller.send(method, path, body);
      const said = meaning(answer);
      if (said === "signed_out") throw new Ended(said);
      if (said === "taken" || (answer.isProblem && said !== "later")) {
        this.patience.succeeded();
        // The account has something to do first: that says nothing of this message or conversation.
        if (answer.status === 403) throw new Ended("not_yours");
        return answer;
      }
      if (!this.patience.failed()) throw new Ended("offline");
    }
  }
}
