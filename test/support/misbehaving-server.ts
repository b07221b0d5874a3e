import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (response: ServerResponse) => void

/** Answers, good and bad, of a service that uses AWS's JSON protocol. */
export const answers = {
  json:
    (body: object, status = 200): Answer =>
    (response) => {
      response.statusCode = status
      response.end(JSON.stringify(body))
    },
  text:
    (body: string, status = 200): Answer =>
    (response) => {
      response.statusCode = status
      response.end(body)
    },
  hang: (() => {}) as Answer,
  reset: ((response) => response.socket?.resetAndDestroy()) as Answer,
  /** Starts a body and never ends it. */
  stall: ((response) => {
    response.setHeader('content-length', 100)
    response.write('{"Item"')
  }) as Answer,
}

export interface MisbehavingServer {
  url: string
  /** The requests so far, with bodies. */
  requests: (Pick<IncomingMessage, 'headers' | 'socket' | 'method' | 'url'> & { body: string })[]
  close: () => void
}

/** A real HTTP server on loopback that gives these answers in turn, and repeats the last one. */
export async function startServer(...sequence: [Answer, ...Answer[]]): Promise<MisbehavingServer> {
  const requests: MisbehavingServer['requests'] = []
  const server = createServer(async (request, response) => {
    const answer = sequence[Math.min(requests.length, sequence.length - 1)] ?? answers.hang
    const { headers, socket, method, url } = request
    const seen = { headers, socket, method, url, body: '' }
    requests.push(seen)
    for await (const chunk of request) seen.body += chunk
    answer(response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
