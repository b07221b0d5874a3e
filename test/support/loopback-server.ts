import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket as TcpSocket } from 'node:net'
import type { ServerFrame } from './socket.ts'

/** Fixed by RFC 6455, section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const TEXT = 0x81
const CLOSE = 0x88

export interface LoopbackServer {
  url: string
  webSocketUrl: string
  /** The WebSockets that are open, by TCP connection. */
  tcp: TcpSocket[]
  /** The paths and queries of the upgrades so far. */
  upgrades: string[]
  close: () => void
}

export interface LoopbackHandlers {
  http: (request: IncomingMessage) => object
  /** Answers a frame. */
  frame: (frame: ServerFrame) => ServerFrame[]
}

/** Serves HTTP and WebSockets on loopback: frames of text with less than 64 KB, unfragmented, as the client sends them. */
export async function startLoopbackServer({ http, frame }: LoopbackHandlers): Promise<LoopbackServer> {
  const tcp: TcpSocket[] = []
  const upgrades: string[] = []
  const server = createServer((request, response) => response.end(JSON.stringify(http(request))))
  server.on('upgrade', (request, socket: TcpSocket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}${HANDSHAKE_GUID}`)
      .digest('base64')
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`)
    tcp.push(socket)
    upgrades.push(request.url ?? '')
    let unread = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      unread = Buffer.concat([unread, bytes])
      for (let read = readFrame(unread); read; read = readFrame(unread)) {
        unread = unread.subarray(read.size)
        if (read.opcode === CLOSE) socket.end(Buffer.from([CLOSE, 0]))
        else for (const answer of frame(JSON.parse(read.text))) socket.write(encode(JSON.stringify(answer)))
      }
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    webSocketUrl: `ws://127.0.0.1:${port}/v1`,
    tcp,
    upgrades,
    close() {
      for (const socket of tcp) socket.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Reads one masked frame (RFC 6455, section 5.2) from the start of these bytes, if it is there as a whole. */
function readFrame(bytes: Buffer): { opcode: number; text: string; size: number } | undefined {
  const [opcode, length] = [bytes[0], (bytes[1] ?? 0) & 0x7f]
  if (opcode === undefined || bytes.length < 2) return undefined
  const start = length === 126 ? 8 : 6
  if (bytes.length < start) return undefined
  const size = start + (length === 126 ? bytes.readUInt16BE(2) : length)
  if (bytes.length < size) return undefined
  const mask = bytes.subarray(start - 4, start)
  const payload = bytes.subarray(start, size).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return { opcode, text: Buffer.from(payload).toString(), size }
}

function encode(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? [TEXT, payload.length] : [TEXT, 126, payload.length >> 8, payload.length & 0xff]
  return Buffer.concat([Buffer.from(head), payload])
}
