import type { ServerResponse } from 'node:http'

/** The headers of every answer: nothing is kept, guessed, framed by others, or told to others. */
const ALWAYS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The policy of everything but the page. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'"

/**
 * Builds the page's policy: everything comes from this server, but for the WebSockets of the systems, which browsers
 * connect to directly. No inline script or style, and no `eval`.
 */
export function pagePolicy(webSocketUrls: readonly string[]): string {
  const sockets = [...new Set(webSocketUrls.map((url) => new URL(url).origin))]
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "frame-src 'self'",
    `connect-src ${["'self'", ...sockets].join(' ')}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ].join('; ')
}

export interface Content {
  type: string
  body: string | Buffer
  headers?: Record<string, string>
}

export function send(response: ServerResponse, status: number, { type, body, headers }: Content): void {
  response.writeHead(status, {
    ...ALWAYS,
    'content-security-policy': NOTHING,
    'content-type': type,
    ...headers,
  })
  response.end(body)
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, { type: 'application/json; charset=utf-8', body: JSON.stringify(value) })
}

/** Answers that a request can't be served, with a sentence for a person. */
export function sendProblem(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { message })
}

/** Begins a stream of server-sent events. */
export function startEvents(response: ServerResponse): (event: string, data: unknown) => void {
  response.writeHead(200, { ...ALWAYS, 'content-security-policy': NOTHING, 'content-type': 'text/event-stream' })
  response.write('retry: 1000\n\n')
  return (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
