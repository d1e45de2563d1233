// A phone that chats, told what to do by lines of JSON as the other driver is; its socket is the official client's.

import { createInterface } from "node:readline";
import { io, type Socket } from "socket.io-client";
import { Live, Phone } from "../src/index.ts";
import { FileStore } from "../src/node/file_store.ts";

let opened: Phone | null = null;
let socket: Socket | null = null;

const orders: Record<string, (request: never) => Promise<unknown>> = {
  async open({ base_url, token, patient_id, store }: Record<"base_url" | "token" | "patient_id" | "store", string>) {
    const tokens = { access: async () => token };
    const options = { url: base_url, patientId: patient_id, tokens, store: await FileStore.open(store) };
    opened = await Phone.open({ ...options, onEmergency() {} });
  },

  async listen({ base_url }: { base_url: string }) {
    const live = new Live(phone().chat);
    const soon = { reconnectionDelay: 50, reconnectionDelayMax: 100 };
    socket = io(base_url, { transports: ["websocket"], auth: live.auth, ...soon });
    live.listen(socket);
    await new Promise<void>((connected) => socket!.once("connect", connected));
  },

  /** As when the train enters a tunnel. */
  async drop() {
    (socket?.io.engine.transport as unknown as { ws: { terminate(): void } }).ws.terminate();
  },

  write: ({ conversation_id, body }: Record<"conversation_id" | "body", string>) =>
    phone().chat.write(conversation_id, body),

  sync: () => phone().chat.sync(),

  /** The messages of a conversation, once there are so many. */
  async messages({ conversation_id, count }: { conversation_id: string; count: number }) {
    for (;;) {
      const found = await phone().chat.messages(conversation_id);
      if (found.length >= count) return found;
      await new Promise((wake) => setTimeout(wake, 10));
    }
  },
};

function phone(): Phone {
  if (opened === null) throw new Error("Nothing is open.");
  return opened;
}

const lines = createInterface({ input: process.stdin }).on("close", () => process.exit(0));
for await (const line of lines) {
  const request = JSON.parse(line) as { do: string };
  const answer = orders[request.do]?.(request as never).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(JSON.stringify((await answer) ?? null) + "\n");
}
