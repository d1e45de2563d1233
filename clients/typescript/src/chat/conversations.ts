// What this phone has of each conversation: its messages, and the highest number below which none is missing.

import type { Conversation, Message } from "../shapes.ts";
import type { Change, Store } from "../stores/store.ts";
import type { KnownConversation } from "../tables.ts";

export class Conversations {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  async known(id: string): Promise<KnownConversation | undefined> {
    return this.store.get("conversations", id);
  }

  /** Keep a conversation as the server shows it now. */
  async show(shown: Conversation): Promise<KnownConversation> {
    const fresh = { shown, have: 0, changed: 0, delivered: shown.delivered_seq, read: shown.read_seq };
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

  /** Put in place what changed after `after`, new and old; false when another tab has got further meanwhile. */
  async apply(id: string, after: number, messages: readonly Message[], have: number): Promise<boolean> {
    const table = "conversations" as const;
    const value = await this.store.get(table, id);
    if (value === undefined || (value.changed ?? 0) !== after) return false;
    const changed = messages.at(-1)?.change ?? after;
    const put = { ...value, changed, have: Math.max(value.have, have) };
    return this.store.commit([...messages.map(asChange), { table, key: id, put }], { table, key: id, value });
  }

  /** Keep a message of one's own in place of the unsent one, so that it never vanishes from the screen. */
  async keepOwn(message: Message): Promise<void> {
    const kept = await this.store.get("messages", keyOf(message));
    const isNewer = kept === undefined || kept.change < message.change;
    await this.store.commit([
      ...(isNewer ? [asChange(message)] : []),
      { table: "unsent", drop: message.client_id },
    ]);
  }

  /** Take a message that came by itself, new or changed; false when changes before this one are missing. */
  async take(message: Message): Promise<boolean> {
    const id = message.conversation_id;
    for (;;) {
      const known = await this.store.get("conversations", id);
      const changed = known?.changed ?? 0;
      if (known === undefined || message.change > changed + 1) return false;
      const have = message.seq === known.have + 1 ? message.seq : known.have;
      if (message.change <= changed || (await this.apply(id, changed, [message], have))) return true;
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
