// Many official Socket.IO clients that connect and then do nothing: `node clients.cjs URL`, a token a line to its input.
const { io } = require("socket.io-client");
const lines = require("node:readline").createInterface({ input: process.stdin });
let wanted = 0;
let connected = 0;
let isAll = false;
const tell = () => isAll && connected === wanted && console.log("connected");

lines.on("line", (token) => {
  wanted += 1;
  const socket = io(process.argv[2], { transports: ["websocket"], auth: { token }, forceNew: true });
  socket.on("connect", () => tell((connected += 1)));
  socket.on("connect_error", (error) => console.log(`refused: ${error.message}`));
});
lines.on("close", () => tell((isAll = true)));
