// The chat: without gaps, in order, once; what was written goes until it is acknowledged; the socket only hints.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Live } from "../src/index.ts";
import { ChatServer, Socket } from "./chat_server.ts";
import { begin } from "./scene.ts";
import { json, lots, page, problem } from "./server.ts";
import type { Scene } from "./scene.ts";

const [TEAM, STAFF] = ["team", "staff"];

interface Talking extends Scene {
  server: ChatServer;
}

async function talking(tokens?: Parameters<typeof begin>[0]): Promise<Talking> {
  const server = new ChatServer();
  for (const id of [TEAM!, STAFF!]) server.talks.set(id, []);
  return (await begin({ server, ...tokens })) as Talking;
}

async function bodies({ phone }: Scene, id = TEAM!): Promise<string[]> {
  return (await phone.chat.messages(id)).map(({ body }) => body);
}

test("all conversations are caught up on page by page, and only those that are ahead are read", async () => {
  const scene = await talking();
  for (let number = 1; number <= 12; number++) scene.server.say(TEAM!, `${number}`);
  scene.server.say(STAFF!, "hello");
  assert.deepEqual(await scene.phone.chat.sync(), { received: 13, sent: 0, stopped: null });
  assert.deepEqual(await bodies(scene), Array.from({ length: 12 }, (_, place) => `${place + 1}`));
  assert.deepEqual(scene.server.receipts, [{ delivered_seq: 1, read_seq: 0 }, { delivered_seq: 12, read_seq: 0 }]);
  scene.server.requests.length = 0;
  await scene.phone.chat.markRead(TEAM!, 12);
  assert.deepEqual(await scene.phone.chat.sync(), { received: 0, sent: 0, stopped: null });
  assert.deepEqual(scene.server.requests.map(({ path }) => path), [
    "/v1/conversations", "/v1/conversations", "/v1/conversations/team/receipt",
  ]);
  assert.deepEqual(scene.server.receipts.at(-1), { delivered_seq: 12, read_seq: 12 });
});

test("what was written is sent in order until it is acknowledged, and never becomes two", async () => {
  const scene = await talking();
  scene.server.fault = () => Promise.reject(new TypeError("fetch failed"));
  for (const text of ["one", "two", "three"]) await scene.phone.chat.write(TEAM!, text);
  assert.deepEqual((await scene.phone.chat.sync()).stopped, "offline");
  let losses = 2;
  scene.server.fault = ({ method }, answer) =>
    method === "POST" && losses-- > 0 ? (answer(), Promise.reject(new TypeError("the answer was lost"))) : undefined;
  scene.server.say(TEAM!, "from the desk");
  const again = (await begin(scene)) as Talking;
  assert.deepEqual(await again.phone.chat.sync(), { received: 1, sent: 3, stopped: null });
  assert.deepEqual(await bodies(again), ["from the desk", "one", "two", "three"]);
  assert.deepEqual(await again.phone.chat.unsent(), []);
  const sent = scene.server.requests.filter(({ method }) => method === "POST").map(({ text }) => text);
  assert.equal(new Set(sent).size, 3);
});

test("a message that is refused stays with its reason and blocks no other", async () => {
  const scene = await talking();
  const refused = await scene.phone.chat.write(TEAM!, "");
  await scene.phone.chat.write("not ours", "hello?");
  await scene.phone.chat.write(TEAM!, "still sent");
  assert.deepEqual(await scene.phone.chat.sync(), { received: 0, sent: 1, stopped: null });
  const codes = (await scene.phone.chat.unsent()).map((unsent) => unsent.refused?.code);
  assert.deepEqual(codes, ["invalid_input", "not_found"]);
  await scene.phone.chat.dismiss(refused);
  assert.equal((await scene.phone.chat.unsent()).length, 1);
});

test("a live message is shown when it is the next, dropped when it is known, and a gap is caught up", async () => {
  const scene = await talking();
  const socket = new Socket();
  const stop = new Live(scene.phone.chat).listen(socket);
  const first = scene.server.say(TEAM!, "1");
  await socket.tell("connect");
  const asked = scene.server.requests.length;
  const second = scene.server.say(TEAM!, "2");
  for (const message of [second, first, second]) await socket.tell("message.created", message);
  assert.deepEqual([await bodies(scene), scene.server.requests.length], [["1", "2"], asked]);
  scene.server.say(TEAM!, "3");
  await socket.tell("message.created", scene.server.say(TEAM!, "4"));
  assert.deepEqual(await bodies(scene), ["1", "2", "3", "4"]);
  scene.server.say(TEAM!, "5");
  await socket.tell("resync", { within_seconds: 30 });
  assert.deepEqual([(await bodies(scene)).length, scene.clock.slept.every((ms) => ms < 30_000)], [5, true]);
  scene.server.talks.delete(TEAM!);
  await socket.tell("conversation.resync", { conversation_id: TEAM });
  assert.deepEqual([await bodies(scene), (await scene.phone.chat.conversations()).length], [[], 1]);
  stop();
  scene.server.say(STAFF!, "nobody listens");
  await socket.tell("connect");
  assert.deepEqual(await bodies(scene, STAFF), []);
});

test("a refused connection is made again with a new token, later when busy, and not when signed out", async () => {
  let current = "old";
  const renew = async () => (current = "good");
  const scene = await talking({ tokens: { access: async () => current, renew } });
  const socket = new Socket();
  const codes: string[] = [];
  const live = new Live(scene.phone.chat, { signedOut: (code) => codes.push(code) });
  live.listen(socket);
  const given = () => new Promise((give) => live.auth(give));
  const refusal = (code: string) => Object.assign(new Error(code), { data: { code } });
  assert.deepEqual(await given(), { token: "old" });
  await socket.tell("connect_error", refusal("token_expired"));
  assert.deepEqual([socket.connects, await given(), scene.clock.slept.length], [1, { token: "good" }, 1]);
  await socket.tell("connect_error", refusal("unavailable"));
  assert.deepEqual([socket.connects, scene.clock.slept.length], [2, 2]);
  await socket.tell("connect_error", new Error("websocket error"));
  await socket.tell("connect_error", refusal("sign_in_ended"));
  assert.deepEqual([socket.connects, codes], [2, ["sign_in_ended"]]);
});

test("a 403 stops the chat wherever it comes, and neither forgets nor refuses anything", async () => {
  const scene = await talking();
  scene.server.say(TEAM!, "1");
  await scene.phone.chat.sync();
  scene.server.say(TEAM!, "2");
  const written = await scene.phone.chat.write(TEAM!, "kept");
  for (const there of [/s$/, /\/messages$/, /\/team$/]) {
    scene.server.fault = ({ path, method }) => {
      // One that is missing from the list is asked for by itself.
      if (there.test("/team") && method === "GET" && path === "/v1/conversations")
        return json(200, { items: [], next_cursor: null });
      return there.test(path) ? problem(403, "second_factor_needed") : undefined;
    };
    assert.equal((await scene.phone.chat.sync()).stopped, "not_yours", String(there));
    await scene.phone.chat.readAgain(TEAM!);
    assert.deepEqual([await bodies(scene), (await scene.phone.chat.conversations()).length], [["1"], 2]);
    assert.deepEqual((await scene.phone.chat.unsent()).map(({ client_id, refused }) => [client_id, refused]), [
      [written, null],
    ]);
  }
  scene.server.fault = ({ path }) => (path.endsWith("/messages") ? problem(400, "odd") : undefined);
  await scene.phone.chat.readAgain(TEAM!);
  assert.equal((await scene.phone.chat.conversations()).length, 2);
  scene.server.fault = () => undefined;
  assert.deepEqual(await scene.phone.chat.sync(), { received: 1, sent: 1, stopped: null });
});

test("what was edited is shown as it reads now, whether the socket told of it or not", async () => {
  const scene = await talking();
  const socket = new Socket();
  new Live(scene.phone.chat).listen(socket);
  for (const text of ["one", "two", "three"]) scene.server.say(TEAM!, text);
  await scene.phone.chat.sync();
  await socket.tell("message.changed", scene.server.edit(TEAM!, 1, "one, edited"));
  assert.deepEqual(await bodies(scene), ["one, edited", "two", "three"]);
  const unheard = scene.server.edit(TEAM!, 2, "two, edited");
  await socket.tell("message.created", scene.server.say(TEAM!, "four"));
  await socket.tell("message.changed", unheard);
  await socket.tell("message.changed", { ...unheard, body: "older", change: 2 });
  assert.deepEqual(await bodies(scene), ["one, edited", "two, edited", "three", "four"]);
  scene.server.edit(TEAM!, 4, "");
  assert.deepEqual(await scene.phone.chat.sync(), { received: 0, sent: 0, stopped: null });
  assert.deepEqual((await bodies(scene)).at(-1), "");
});

test("a history with a gap, or no history at all, is no answer", async () => {
  for (const fault of [() => page(200), () => json(200, { items: [{ seq: 2 }], has_more: false, last_seq: 2 })]) {
    const scene = await talking();
    scene.server.say(TEAM!, "1");
    scene.server.fault = ({ path }) => (path.endsWith("/messages") ? fault() : undefined);
    assert.equal((await scene.phone.chat.sync()).stopped, "offline");
    assert.deepEqual(await bodies(scene), []);
    scene.server.fault = () => undefined;
    assert.equal((await scene.phone.chat.sync()).received, 1);
  }
  const out = await talking();
  out.server.fault = () => problem(401, "token_expired");
  assert.equal((await out.phone.chat.sync()).stopped, "signed_out");
});

test("chats over a bad network end complete, in order and once, on the phone and on the server", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = lots(seed);
    const scene = await talking();
    const socket = new Socket();
    new Live(scene.phone.chat).listen(socket);
    const written: string[] = [];
    scene.server.fault = (_, answer) => {
      if (random() < 0.6) return undefined;
      if (random() < 0.5) answer();
      return random() < 0.5 ? page(502) : Promise.reject(new TypeError("lost"));
    };
    for (let step = 0; step < 15; step++) {
      const said = scene.server.talks.get(TEAM!)!.length;
      if (random() < 0.3) {
        const message = scene.server.say(TEAM!, `desk ${step}`);
        if (random() < 0.5) await socket.tell("message.created", message);
      } else if (said > 0 && random() < 0.3) {
        const message = scene.server.edit(TEAM!, 1 + Math.floor(random() * said), `edited ${step}`);
        if (random() < 0.5) await socket.tell("message.changed", message);
      } else if (random() < 0.6) written.push(await scene.phone.chat.write(TEAM!, `phone ${step}`));
      else await scene.phone.chat.sync();
    }
    scene.server.fault = () => undefined;
    await scene.phone.chat.sync();
    await scene.phone.chat.sync();
    const said = scene.server.talks.get(TEAM!)!;
    assert.deepEqual(await scene.phone.chat.messages(TEAM!), said);
    const own = said.map(({ client_id }) => client_id).filter((id) => written.includes(id));
    assert.deepEqual(own.sort(), written.sort(), `seed ${seed}`);
  }
});
