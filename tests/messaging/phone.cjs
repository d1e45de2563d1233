// The patient's phone of the tests: the official Socket.IO client, told what to do by lines of JSON.
const { io } = require("socket.io-client");
const { createInterface } = require("node:readline");

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
let socket;
let token;

const orders = {
  open({ url, token: first }) {
    token = first;
    socket = io(url, {
      transports: ["websocket"],
      auth: (give) => give({ token }),
      reconnectionDelay: 50,
      reconnectionDelayMax: 100,
    });
    socket.onAny((event, payload) => say({ event, payload }));
    socket.on("connect", () => say({ event: "connect", payload: null }));
    socket.on("disconnect", (reason) => say({ event: "disconnect", payload: reason }));
    socket.on("connect_error", (error) => {
      if (error.data) say({ event: "connect_error", payload: { message: error.message, data: error.data } });
    });
    return null;
  },
  call: ({ name, body }) => socket.timeout(8000).emitWithAck(name, body),
  // As when the train enters a tunnel: the transport is gone, and the client does not know why.
  drop: () => socket.io.engine.transport.ws.terminate() ?? null,
  // As an app does after refreshing its tokens.
  connectWith({ token: fresh }) {
    token = fresh;
    socket.connect();
    return null;
  },
  // What the transport is, to see whether a fresh CONNECT used the one that was there.
  transport: () => socket.io.engine?.id ?? null,
};

createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { do: what, ...rest } = JSON.parse(line);
    say({ answer: (await orders[what](rest)) ?? null });
  })
  .on("close", () => process.exit(0));
