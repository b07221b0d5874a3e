import { recordCall } from './calls.ts'
import { ask } from './server.ts'
import { tokenOf, type User } from './tokens.ts'
import type { CallAnswer, CallRequest } from './wire.ts'

export type { User } from './tokens.ts'

export interface Call {
  method?: string
  /** Begins with a slash, as in `/v1/orders`. */
  path: string
  headers?: Record<string, string>
  /** Sent as JSON. */
  body?: unknown
  /** False for a route that anybody may call. @default true */
  withToken?: boolean
  /** False to keep it out of the list of calls, as for polling. @default true */
  isListed?: boolean
}

export interface Answer {
  status: number
  ok: boolean
  headers: Record<string, string>
  bytes: Uint8Array
  text: string
  /** The body if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: the page that reads it knows the API.
  json: any
  /** The duration in milliseconds. */
  ms: number
  traceId: string
}

/** The API of a system, as one of its users calls it. */
export interface Api {
  /** Resolves with any answer, also a refusal. @throws Error when there is no answer. */
  call: (call: Call) => Promise<Answer>
  /** Sends all calls at the same time, which a browser can't: it has six connections to a server. At most 200. */
  burst: (calls: readonly Call[]) => Promise<Answer[]>
  /** The same as `fetch`, for clients that take one: paths and URLs of the API are both understood. */
  fetch: typeof fetch
}

/**
 * Creates a caller of a stack's API. Each call begins a trace of its own and appears in the console's list of calls.
 *
 * @example
 * const api = apiOf('Orders', { sub: 'ann', tenant: 'acme', scope: 'orders:read orders:write' })
 * const { status, json } = await api.call({ method: 'POST', path: '/v1/orders', body: { item: 'tea' } })
 */
export function apiOf(stack: string, user: User): Api {
  const prepare = async ({ method = 'GET', path, body, withToken = true, ...more }: Call): Promise<Prepared> => {
    const traceId = hex(16)
    const headers = {
      traceparent: `00-${traceId}-${hex(8)}-01`,
      ...(withToken && { authorization: `Bearer ${await tokenOf(user)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...more.headers,
    }
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    return { traceId, request: { stack, method, path, headers, ...(text !== undefined && { body: text }) } }
  }
  const burst = async (calls: readonly Call[]) => {
    const prepared = await Promise.all(calls.map(prepare))
    const answers = await ask<CallAnswer[]>(
      'POST',
      '/calls',
      prepared.map(({ request }) => request),
    )
    return prepared.map(({ request: { method, path }, traceId }, index) => {
      const answer = toAnswer(answers[index] as CallAnswer, traceId)
      const { status, ms } = answer
      if (calls[index]?.isListed ?? true) recordCall({ stack, method, path, status, ms, traceId, time: Date.now() })
      return answer
    })
  }
  const call = async (one: Call) => (await burst([one]))[0] as Answer
  return { call, burst, fetch: (input, init) => asFetch(call, input, init) }
}

interface Prepared {
  traceId: string
  request: CallRequest
}

function toAnswer({ status, headers, body, ms }: CallAnswer, traceId: string): Answer {
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0))
  const isText = /json|text|xml/.test(headers['content-type'] ?? '')
  const text = isText ? new TextDecoder().decode(bytes) : ''
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '') && text !== ''
  const json = isJson ? JSON.parse(text) : undefined
  return { status, ok: status < 400, headers, bytes, text, json, ms, traceId }
}

async function asFetch(call: Api['call'], input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = input instanceof Request ? new Request(input, init) : undefined
  const url = request?.url ?? String(input)
  const body = request ? await request.text() : init?.body
  const { pathname, search } = new URL(url, 'http://api')
  const answer = await call({
    method: request?.method ?? init?.method ?? 'GET',
    path: pathname + search,
    headers: Object.fromEntries(new Headers(request?.headers ?? init?.headers)),
    // A client has a token of its own.
    withToken: false,
    ...(body && { body: String(body) }),
  })
  const isEmpty = [204, 205, 304].includes(answer.status)
  return new Response(isEmpty ? null : (answer.bytes as BodyInit), { status: answer.status, headers: answer.headers })
}

function hex(bytes: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )
}

/** Formats an answer that is a refusal for a person: the detail of the problem, or its status. */
export function problemOf({ status, json }: Answer): string {
  const detail = json?.detail ?? json?.title ?? json?.message
  return detail ? `${status}: ${detail}` : `The API answered ${status}.`
}
