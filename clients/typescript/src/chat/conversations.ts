// What this phone has of each conversation: its messages, and the highest number below which none is missing.

import type { Conversation, Message } from "../shapes.ts";
import type { Change, Store } from "../stores/store.ts";
import type { KnownConversation } from "../tables.ts";

export class Conversations {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async have(id: string): Promise<number> {
    return (await this.store.get("conversations", id))?.have ?? 0;
  }

  /** Keep a conversation as the server shows it now. */
  async show(shown: Conversation): Promise<KnownConversation> {
    const fresh = { shown, have: 0, delivered: shown.delivered_seq, read: shown.read_seq };
    const table = "conversations" as const;
    await this.store.commit([{ table, key: shown.id, put: fresh }], { table, key: shown.id, value: undefined });
    const show = (known: KnownConversation) => ({ ...known, shown, read: Math.max(known.read, shown.read_seq) });
    return (await this.change(shown.id, show)) ?? fresh;
  }

  /** Change what is known of a conversation, together with other changes; null when it is not known. */
  async change(
    id: string,
    to: (known: KnownConversation) => KnownConversation,
    others: readonly Change[] = [],
  ): Promise<KnownConversation | null> {
    const table = "conversations" as const;
    for (;;) {
      const value = await this.store.get(table, id);
      if (value === undefined) return null;
      const put = to(value);
      // Another tab may change it at the same moment: then look again.
      if (await this.store.commit([...others, { table, key: id, put }], { table, key: id, value })) return put;
    }
  }

  /** Append the messages after `after`; false when another tab has got further meanwhile. */
  async append(id: string, after: number, messages: readonly Message[]): Promise<boolean> {
    const table = "conversations" as const;
    const value = await this.store.get(table, id);
    if (value === undefined || value.have !== after) return false;
    const put = { ...value, have: after + messages.length };
    const changes: Change[] = [...messages.map(asChange), { table, key: id, put }];
    return this.store.commit(changes, { table, key: id, value });
  }

  /** Keep a message of one's own in place of the unsent one, so that it never vanishes from the screen. */
  async keepOwn(message: Message): Promise<void> {
    await this.store.commit([asChange(message), { table: "unsent", drop: message.client_id }]);
  }

  /** Take a message that came by itself; false when others before it are missing. */
  async take(message: Message): Promise<boolean> {
    const id = message.conversation_id;
    for (;;) {
      const have = (await this.store.get("conversations", id))?.have;
      if (have === undefined || message.seq > have + 1) return false;
      if (message.seq <= have || (await this.append(id, have, [message]))) return true;
    }
  }

  /** Forget a conversation that is ours no more; what was written and not sent stays. */
  async forget(id: string): Promise<void> {
    const messages = await this.store.list("messages", `${id}/`);
    await this.store.commit([
      { table: "conversations", drop: id },
      ...messages.map((message): Change => ({ table: "messages", drop: keyOf(message) })),
    ]);
  }
}

function asChange(message: Message): Change {
  return { table: "messages", key: keyOf(message), put: message };
}

/** Numbers of ten digits sort as text. */
function keyOf({ conversation_id, seq }: Message): string {
  return `${conversation_id}/${String(seq).padStart(10, "0")}`;
}
