import type { UnavailableReason } from '../../../clients/limiter/src/errors.ts'
import { createLimiterClient, type LimiterClientOptions } from '../../../clients/limiter/src/limiter-client.ts'
import { type Answer, answers, startServer } from '../../support/misbehaving-server.ts'

const servers: { close(): void }[] = []

afterAll(() => {
  for (const { close } of servers) close()
})

/** Starts a real server that gives these answers in turn, and a client of it. */
export async function aService(answer: Answer | [Answer, ...Answer[]], options: Partial<LimiterClientOptions> = {}) {
  const server = await startServer(...sequenceOf(answer))
  servers.push(server)
  const limiter = createLimiterClient({
    url: server.url,
    token: 'a-token',
    onUnavailable: 'closed',
    // Patience for a busy machine: only tests of the limit itself make it short.
    timeoutMs: 20_000,
    ...options,
  })
  return { limiter, server }
}

function sequenceOf(answer: Answer | [Answer, ...Answer[]]): [Answer, ...Answer[]] {
  return Array.isArray(answer) ? answer : [answer]
}

export const decision = {
  decisionId: 'd-1',
  policy: 'api',
  subject: 'user:1',
  allowed: true,
  limit: 10,
  remaining: 9,
  resetMs: 60_000,
  retryAfterMs: 0,
  mode: 'enforce',
  source: 'store',
  degraded: false,
  approximate: false,
}

/** Builds a problem as the service sends it, with fields if need be. */
export function problem(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    response.end(JSON.stringify({ status, ...body }))
  }
}

export const denied = problem(429, { code: 'rate-limited' }, { 'retry-after': '3' })

/** Ways in which a service fails to answer, and the reason that the client tells. */
export const OUTAGES: readonly [string, UnavailableReason, Answer][] = [
  ['silence', 'timeout', answers.hang],
  ['a body that never ends', 'timeout', answers.stall],
  ['a reset connection', 'unreachable', answers.reset],
  ['a body that is cut off', 'unreachable', cutOff],
  ['a page of a proxy', 'bad-answer', answers.text('<html>Welcome</html>')],
  ['JSON that is cut', 'bad-answer', answers.text('{"allowed": tr')],
  ['JSON of something else', 'bad-answer', answers.json({ allowed: 'yes' })],
  ["429 of API Gateway's throttle", 'bad-status', answers.json({ message: 'Too Many Requests' }, 429)],
  ['503', 'bad-status', answers.text('Service Unavailable', 503)],
  ['a redirect', 'bad-status', redirect],
]

function cutOff(response: Parameters<Answer>[0]): void {
  response.setHeader('content-length', 100)
  response.write('{"allowed"', () => response.socket?.destroy())
}

function redirect(response: Parameters<Answer>[0]): void {
  response.writeHead(307, { location: '/elsewhere' })
  response.end()
}
