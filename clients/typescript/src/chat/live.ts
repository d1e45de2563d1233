// The live connection: a socket of socket.io-client, made by the app, that hints at what there is to be read.

import { Patience } from "../waiting.ts";
import type { Chat } from "./chat.ts";
import type { Message, Receipt } from "../shapes.ts";

/** What is needed of a socket; that of socket.io-client 4 fits. */
export interface LiveSocket {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  on(event: string, hear: (...said: any[]) => void): unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  off(event: string, hear: (...said: any[]) => void): unknown;
  connect(): unknown;
}

export interface LiveOptions {
  /** Nobody is signed in any more, or something is to be done first; `code` says what. */
  signedOut?: (code: string) => void;
  /** A participant received or read further. */
  receipt?: (receipt: Receipt) => void;
}

const TRY_AGAIN = new Set(["unavailable", "closing", "too_many_connections"]);

export class Live {
  private readonly chat: Chat;
  private readonly options: LiveOptions;
  private readonly patience: Patience;
  private givenToken: string | null = null;

  constructor(chat: Chat, options: LiveOptions = {}) {
    this.chat = chat;
    this.options = options;
    this.patience = new Patience(chat.around);
  }

  /** What socket.io-client asks at each connect, as its option `auth`. */
  readonly auth = (give: (said: { token: string | null }) => void): void => {
    const tell = (token: string | null) => give({ token: (this.givenToken = token) });
    this.chat.caller.token().then(tell, () => tell(null));
  };

  /** Catch up at each connect and at each hint of the socket; return what stops it. */
  listen(socket: LiveSocket): () => void {
    const heard: Record<string, (said: never) => void> = {
      connect: () => this.connected(),
      connect_error: (error: Error & { data?: unknown }) => void this.refused(error, socket),
      "message.created": (message: Message) => void this.hear(message),
      "message.changed": (message: Message) => void this.hear(message),
      "receipt.changed": (receipt: Receipt) => this.options.receipt?.(receipt),
      "conversation.resync": ({ conversation_id }: { conversation_id: string }) =>
        void this.chat.readAgain(conversation_id),
      resync: ({ within_seconds }: { within_seconds: number }) => void this.resync(within_seconds),
    };
    const hears = Object.entries(heard);
    for (const [event, hear] of hears) socket.on(event, hear as (...said: unknown[]) => void);
    return () => hears.forEach(([event, hear]) => socket.off(event, hear as (...said: unknown[]) => void));
  }

  private connected(): void {
    this.patience.succeeded();
    void this.chat.sync();
  }

  private async hear(message: Message): Promise<void> {
    if (!(await this.chat.hear(message))) await this.chat.sync();
  }

  private async resync(withinSeconds: number): Promise<void> {
    // Not all phones in the same moment.
    await this.chat.around.sleep(this.chat.around.random() * withinSeconds * 1000);
    await this.chat.sync();
  }

  /** The server has refused the connection; where no network is found, socket.io-client tries again by itself. */
  private async refused(error: Error & { data?: unknown }, socket: LiveSocket): Promise<void> {
    if (error.data === undefined) return;
    if (error.message === "token_expired" && this.givenToken !== null) {
      this.chat.caller.refuse(this.givenToken);
      const renewed = await this.chat.caller.token().catch(() => this.givenToken);
      if (renewed === null) this.options.signedOut?.(error.message);
    } else if (!TRY_AGAIN.has(error.message)) {
      this.options.signedOut?.(error.message);
      return;
    }
    this.patience.failed();
    await this.patience.wait();
    socket.connect();
  }
}
