import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket as TcpSocket } from 'node:net'
import { extname } from 'node:path'

const TYPES: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }

export interface PageNetworkOptions {
  /** Folders by the path under which they are served, as in `/example/`. */
  readonly folders: Readonly<Record<string, string>>
  /** The URL of the HTTP API, without a trailing slash. */
  readonly api: string
  /** The URL of the WebSocket API. */
  readonly socket: string
}

/** A user's way to a page and to the APIs that the page calls. */
export interface PageNetwork {
  /** The origin, without a trailing slash. `/api` leads to the HTTP API, and `/socket` to the WebSocket API. */
  readonly origin: string
  /** Cuts all WebSockets, and every request until `restore`, as a network does that goes away. */
  readonly cut: () => void
  readonly restore: () => void
  readonly close: () => void
}

/** Serves a page and both APIs from one origin on loopback, because the APIs allow no other origin by default. */
export async function startPageNetwork({ folders, api, socket }: PageNetworkOptions): Promise<PageNetwork> {
  const tunnels = new Set<TcpSocket>()
  let isCut = false
  const server = createServer((incoming, outgoing) => {
    if (isCut) incoming.socket.destroy()
    else if (incoming.url?.startsWith('/api/')) forward(incoming, outgoing, api)
    else serveFile(incoming, outgoing, folders).catch(() => outgoing.writeHead(404).end())
  })
  server.on('upgrade', (incoming: IncomingMessage, client: TcpSocket) => {
    if (isCut) return client.destroy()
    const upstream = tunnel(incoming, client, new URL(socket))
    for (const end of [client, upstream]) tunnels.add(end.on('close', () => tunnels.delete(end)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const cut = () => {
    isCut = true
    for (const end of tunnels) end.destroy()
    server.closeAllConnections()
  }
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    restore: () => {
      isCut = false
    },
    close() {
      cut()
      server.close()
    },
  }
}

async function serveFile(
  { url = '' }: IncomingMessage,
  outgoing: ServerResponse,
  folders: PageNetworkOptions['folders'],
): Promise<void> {
  const { pathname } = new URL(url, 'http://localhost')
  const base = Object.keys(folders).find((path) => pathname.startsWith(path)) ?? ''
  const file = `${folders[base]}/${pathname.slice(base.length) || 'index.html'}`
  const content = await readFile(file)
  outgoing.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(content)
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, api: string): void {
  const { method, headers, url = '' } = incoming
  const target = new URL(`${api}${url.slice('/api'.length)}`)
  const upstream = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  upstream.on('error', () => outgoing.destroy())
  incoming.pipe(upstream)
}

/** Sends the upgrade on as it is, apart from its path and host, and then all bytes of both directions. */
function tunnel({ url = '', headers }: IncomingMessage, client: TcpSocket, { host, hostname, port, pathname }: URL) {
  const upstream = connect(Number(port), hostname)
  const fields = Object.entries({ ...headers, host }).map(([name, value]) => `${name}: ${value}\r\n`)
  upstream.write(`GET ${url.replace('/socket', pathname)} HTTP/1.1\r\n${fields.join('')}\r\n`)
  for (const end of [client, upstream]) end.on('error', () => {})
  client.pipe(upstream).pipe(client)
  return upstream
}
