// The live line of the patient's phone: the official Socket.IO client, told what to do and telling what it hears in
// lines of JSON. It decides nothing; the story and its checks are in Python, beside it (phone.py).
//
//   node phone.mjs FOLDER_OF_PACKAGES URL
//   in   {"id": 1, "do": "connect", "token": "…"}    {"id": 2, "do": "say", "event": "…", "body": {…}}
//        {"id": 3, "do": "drop"}                     {"id": 4, "do": "hang_up"}
//   out  {"id": 1, "answer": {…}}                    {"heard": "message.created", "payload": {…}}

import { createRequire } from 'node:module'
import path from 'node:path'
import { createInterface } from 'node:readline'

const [packages, url] = process.argv.slice(2)
const { io } = createRequire(path.resolve(packages, 'package.json'))('socket.io-client')

const PATIENCE_MILLISECONDS = 15_000

// The tunnel lasts as long as the story wants, so the client does not reconnect before it is told to.
const socket = io(url, {
  transports: ['websocket'],
  autoConnect: false,
  reconnection: false,
  auth: (give) => give({ token })
})
let token = ''

const tell = (words) => process.stdout.write(JSON.stringify(words) + '\n')

socket.onAny((event, payload) => tell({ heard: event, payload }))
socket.on('disconnect', (reason) => tell({ heard: 'disconnect', payload: { reason } }))

function once (started) {
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve({ connected: true }))
    socket.once('connect_error', (error) => reject(new Error(error.message)))
    started()
  })
}

const doings = {
  connect: (order) => {
    token = order.token
    return once(() => socket.connect())
  },
  say: (order) => socket.timeout(PATIENCE_MILLISECONDS).emitWithAck(order.event, order.body),
  // As in a tunnel: the connection is gone from one moment to the next, and nobody says goodbye.
  drop: () => new Promise((resolve) => {
    socket.once('disconnect', (reason) => resolve({ reason }))
    const line = socket.io.engine.transport.ws
    if (typeof line.terminate === 'function') line.terminate()
    else line.close()
  }),
  hang_up: async () => {
    socket.disconnect()
    return {}
  }
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const order = JSON.parse(line)
    try {
      tell({ id: order.id, answer: await doings[order.do](order) })
    } catch (error) {
      tell({ id: order.id, error: String(error.message ?? error) })
    }
  })
  .on('close', () => {
    socket.disconnect()
    process.exit(0)
  })
