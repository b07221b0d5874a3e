import { setTimeout as pause } from 'node:timers/promises'
import type { Answer, Ask } from '../../lib/shared/journey.ts'
import { UserError } from '../support/user-error.ts'

export interface ClientOptions {
  /** The API's URL without a trailing slash. */
  readonly url: string
  readonly token: string
  /**
   * The time limit of a request in ms: longer than that of an API's functions.
   *
   * @default 20,000
   */
  readonly timeout?: number
  /**
   * The pause in ms before a request is repeated, unless the answer's `Retry-After` asks for a longer one.
   *
   * @default 300
   */
  readonly interval?: number
}

type Received = Answer & { readonly text: string }

/** An answer that was not expected, or none. */
interface Miss {
  readonly reason: string
  /** The time for which the answer asks clients to wait, in milliseconds; 0 if it names none. */
  readonly retryAfterMs: number
}

/** The maximum length of a body in a message, in characters. */
const SHOWN = 200

/**
 * Sends the requests of a journey and compares their answers with the expected ones.
 *
 * The function rejects with a `UserError` of one line: the request, the expected answer, the actual answer. If a body
 * repeats the token, the token is removed; the runner does so for the rest of the line.
 */
export function createClient({ url, token, timeout = 20_000, interval = 300 }: ClientOptions) {
  const send = async ({ method = 'GET', path, headers, body, anonymous }: Ask): Promise<Received> => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      headers: {
        ...(!anonymous && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: parse(text) }
  }

  const look = async (ask: Ask): Promise<Received | Miss> => {
    try {
      const answer = await send(ask)
      const lacks = lacking(ask, answer)
      if (lacks === undefined) return answer
      // A date is not used by our APIs, and counts as none.
      const retryAfterMs = 1000 * (Number(answer.headers.get('retry-after')) || 0)
      return { reason: `expected ${lacks}, got ${describe(answer, ask, token)}`, retryAfterMs }
    } catch (error) {
      const isTimeout = (error as Error).name === 'TimeoutError'
      const reason = isTimeout ? `no answer within ${timeout / 1000} s` : `no answer: ${causeOf(error)}`
      return { reason, retryAfterMs: 0 }
    }
  }

  return async (ask: Ask): Promise<Answer> => {
    const start = performance.now()
    const end = start + (ask.within ?? 0)
    for (;;) {
      const result = await look(ask)
      if (!('reason' in result)) return result
      const pauseMs = Math.max(interval, result.retryAfterMs)
      if (performance.now() + pauseMs > end) {
        const waited = ask.within === undefined ? '' : ` (asked again for ${ask.within / 1000} s)`
        throw new UserError(`${ask.method ?? 'GET'} ${ask.path}: ${result.reason}${waited}`)
      }
      await pause(pauseMs)
    }
  }
}

/** Describes the differences from the expected answer; undefined if there are none. */
function lacking({ expect: { status, headers = {}, body } }: Ask, answer: Received): string | undefined {
  const statuses = [status].flat()
  if (!statuses.includes(answer.status)) return statuses.join(' or ')
  for (const [name, wanted] of Object.entries(headers)) {
    const value = answer.headers.get(name)
    const matches = typeof wanted === 'string' ? value === wanted : wanted.test(value ?? '')
    if (!matches) return `${answer.status} with ${name}: ${wanted}`
  }
  return body === undefined || holds(body.holds, answer.json) ? undefined : `${answer.status} with ${body.is}`
}

function holds(check: (json: unknown) => boolean, json: unknown): boolean {
  try {
    return check(json)
  } catch {
    return false
  }
}

/**
 * Summarizes the answer: its status, the headers that were checked, the reason for a refused token, and the body as far
 * as it fits on a line.
 */
function describe({ status, headers, text, json }: Received, { expect, anonymous }: Ask, token: string): string {
  const asExpected = [expect.status].flat().includes(status)
  const parts = Object.keys(asExpected ? (expect.headers ?? {}) : {}).map(
    (name) => `${name}: ${headers.get(name) ?? 'none'}`,
  )
  const refusal = headers.get('www-authenticate')
  if (refusal) parts.push(`www-authenticate: ${refusal}`)
  const body = typeof json?.code === 'string' ? `${json.code}: ${json.detail}` : text.replaceAll(/\s+/g, ' ').trim()
  // The token is removed before the text is cut: half of it would not be recognised.
  const safe = redact(body, token)
  if (safe) parts.push(safe.length > SHOWN ? `${safe.slice(0, SHOWN)}…` : safe)
  if (status === 401 && !anonymous)
    parts.push('does the token have the issuer and audience that the stack was deployed with?')
  return [status, ...parts].join(', ')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns the cause of an error, because `fetch failed` says nothing. */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } }
  return cause?.code ?? (cause?.message || message)
}

/** Removes the token, and each of its parts: the claims name people, and the signature completes it. */
export function redact(text: string, token: string): string {
  return [token, ...token.split('.')]
    .filter((part) => part.length > 8)
    .reduce((safe, part) => safe.replaceAll(part, '[token]'), text)
}
