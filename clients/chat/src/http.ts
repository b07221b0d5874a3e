import type { Clock } from './clock.ts'
import { ChatProblem, ChatUnavailable } from './errors.ts'

export type Token = string | (() => string | Promise<string>)

export interface HttpOptions {
  /** Without a slash at its end. */
  url: string
  token: Token
  fetch: typeof fetch
  clock: Clock
}

export interface HttpCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path with its query, as in `/v1/rooms?limit=20`. */
  path: string
  body?: object | undefined
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

/**
 * Sends a request once, with a token asked for anew, and returns the JSON of its answer; `undefined` for one without.
 *
 * @throws ChatProblem when the service refuses it, ChatUnavailable when no usable answer comes within 10 seconds, or the
 * reason of the caller's signal.
 */
export type CallHttp = (call: HttpCall) => Promise<unknown>

/** The time limit of a whole call: its token, and the body of its answer. */
const TIMEOUT_MS = 10_000

export function createCallHttp(options: HttpOptions): CallHttp {
  return (call) => withinTime(options.clock, call.signal, (signal) => send(options, call, signal))
}

async function send({ url, token, fetch }: HttpOptions, call: HttpCall, signal: AbortSignal): Promise<unknown> {
  const { method, path, body } = call
  const headers = new Headers({ ...call.headers, authorization: `Bearer ${await currentToken(token)}` })
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    signal,
    // The token is for this URL alone.
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(unreachable(url))
  return readAnswer(response.status, await response.text().catch(unreachable(url)))
}

function unreachable(url: string): (cause: unknown) => never {
  return (cause) => {
    throw new ChatUnavailable('unreachable', `The chat at ${url} can't be reached.`, { cause })
  }
}

async function currentToken(token: Token): Promise<string> {
  if (typeof token === 'string') return token
  try {
    return await token()
  } catch (cause) {
    throw new ChatUnavailable('no-token', 'There is no token for the chat.', { cause })
  }
}

function readAnswer(status: number, text: string): unknown {
  const json = parseJson(text)
  // 408 and 429 are about the service's load here, and not about the request.
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) throw new ChatProblem(status, json)
  if (status < 200 || status > 299) throw new ChatUnavailable('bad-status', `The chat answered ${status}.`)
  if (text !== '' && json === undefined) throw new ChatUnavailable('bad-answer', 'What answered is not the chat.')
  return json
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Runs work that ends when the time limit passes or the caller's signal is aborted, whether it listens or not. */
async function withinTime<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal?.reason)
  const late = () => controller.abort(new ChatUnavailable('timeout', `No answer came within ${TIMEOUT_MS} ms.`))
  const cancel = clock.startTimer(late, TIMEOUT_MS)
  signal?.addEventListener('abort', onAbort)
  try {
    return await new Promise<T>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      work(controller.signal).then(resolve, reject)
    })
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}
