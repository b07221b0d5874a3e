import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { HttpResponse } from '../../functions/shared/http/response.ts'

export interface SeenRequest {
  method: string
  /** The path and query. */
  url: string
  body: string
  cookie: string | undefined
}

export interface PageServer {
  /** The URL without a trailing slash. */
  url: string
  requests: SeenRequest[]
}

type Answer = (request: SeenRequest) => HttpResponse

/** Starts servers on loopback for a browser's tests, which answer like a route of ours; closed after the file. */
export function useServers(): (answer: Answer) => Promise<PageServer> {
  const servers: Server[] = []
  // In any case, because an open server keeps Jest from ending.
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })
  return async (answer) => {
    const requests: SeenRequest[] = []
    const server = createServer(async (incoming, outgoing) => {
      const { method = '', url = '', headers } = incoming
      let body = ''
      for await (const chunk of incoming) body += chunk
      const request = { method, url, body, cookie: headers.cookie }
      requests.push(request)
      const { status, headers: own, cookies, body: content } = answer(request)
      outgoing.writeHead(status, { ...own, ...(cookies && { 'set-cookie': cookies }) })
      outgoing.end(content)
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, requests }
  }
}
