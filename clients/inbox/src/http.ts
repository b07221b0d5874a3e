import type { Clock } from './clock.ts'
import { InboxProblem, InboxUnavailable } from './errors.ts'
import { parseJson } from './parse.ts'

export type GetToken = () => string | Promise<string>

export interface HttpOptions {
  /** Without a slash at its end. */
  url: string
  getToken: GetToken
  fetch: typeof fetch
  clock: Clock
}

export interface HttpCall {
  method: 'GET' | 'POST'
  /** The path with its query. */
  path: string
  body?: object | undefined
  /** The tag of what is known already. */
  etag?: string | undefined
  signal: AbortSignal
}

/** `json` is absent if nothing has changed since `etag`. */
export interface HttpAnswer {
  json?: unknown
  etag: string | undefined
}

/**
 * Sends a request once, with a token asked for anew.
 *
 * @throws InboxProblem when the service refuses it, InboxUnavailable when no usable answer comes within 10 seconds, or
 * the reason of the caller's signal.
 */
export type CallHttp = (call: HttpCall) => Promise<HttpAnswer>

/** The time limit of a whole call: its token, and the body of its answer. */
const TIMEOUT_MS = 10_000

export function createCallHttp(options: HttpOptions): CallHttp {
  return (call) => withinTime(options.clock, call.signal, (signal) => send(options, call, signal))
}

async function send({ url, getToken, fetch }: HttpOptions, call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, path, body, etag } = call
  const headers = new Headers({ authorization: `Bearer ${await currentToken(getToken)}` })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (etag !== undefined) headers.set('if-none-match', etag)
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    signal,
    // The token is for this URL alone.
    redirect: 'manual',
    // Lets the request live on when the page is left.
    ...(body !== undefined && { body: JSON.stringify(body), keepalive: true }),
  }).catch(unreachable(url))
  return readAnswer(response, await response.text().catch(unreachable(url)))
}

function unreachable(url: string): (cause: unknown) => never {
  return (cause) => {
    throw new InboxUnavailable('unreachable', `The inbox at ${url} can't be reached.`, { cause })
  }
}

async function currentToken(getToken: GetToken): Promise<string> {
  try {
    return await getToken()
  } catch (cause) {
    throw new InboxUnavailable('no-token', 'There is no token for the inbox.', { cause })
  }
}

function readAnswer({ status, headers }: Response, text: string): HttpAnswer {
  const etag = headers.get('etag') ?? undefined
  if (status === 304) return { etag }
  const json = parseJson(text)
  // 408 and 429 are about the service's load here, and not about the request.
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) throw new InboxProblem(status, json)
  if (status < 200 || status > 299) throw new InboxUnavailable('bad-status', `The inbox answered ${status}.`)
  if (json === undefined) throw new InboxUnavailable('bad-answer', 'What answered is not the inbox.')
  return { json, etag }
}

/** Runs work that ends when the time limit passes or the caller's signal is aborted, whether it listens or not. */
async function withinTime<T>(clock: Clock, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  const late = () => controller.abort(new InboxUnavailable('timeout', `No answer came within ${TIMEOUT_MS} ms.`))
  const cancel = clock.startTimer(late, TIMEOUT_MS)
  signal.addEventListener('abort', onAbort)
  try {
    return await new Promise<T>((resolve, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason))
      work(controller.signal).then(resolve, reject)
    })
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
