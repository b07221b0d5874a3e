import { LimiterProblem, LimiterUnavailable } from './errors.ts'
import { withinTime } from './within-time.ts'

export interface Connection {
  /** Without a slash at its end. */
  url: string
  token: string | (() => Promise<string>)
  timeoutMs: number
  fetch: typeof fetch
}

export interface Call {
  method: 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: object
  headers?: Record<string, string>
  signal?: AbortSignal | undefined
}

export interface Answer {
  status: number
  headers: Headers
  /** The parsed body; `undefined` when it is not JSON. */
  json: unknown
}

export type CallService = (call: Call) => Promise<Answer>

/**
 * Builds the function that sends a request once and reads the whole answer, whatever its status, within the time limit.
 * Nothing is sent twice, because a repeated check charges again.
 *
 * @throws LimiterUnavailable when no whole answer comes in time, or the reason of the caller's signal.
 */
export function createCallService({ url, token, timeoutMs, fetch }: Connection): CallService {
  return ({ method, path, body, headers, signal }) =>
    withinTime({ timeoutMs, signal }, async (limited) => {
      const request = new Headers({ ...headers, authorization: `Bearer ${await currentToken(token)}` })
      if (body !== undefined) request.set('content-type', 'application/json')
      try {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: request,
          signal: limited,
          // The token is for this URL alone.
          redirect: 'manual',
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
        return { status: response.status, headers: response.headers, json: parseJson(await response.text()) }
      } catch (cause) {
        throw new LimiterUnavailable('unreachable', `The rate limiter at ${url} can't be reached.`, { cause })
      }
    })
}

async function currentToken(token: Connection['token']): Promise<string> {
  if (typeof token === 'string') return token
  try {
    return await token()
  } catch (cause) {
    throw new LimiterUnavailable('no-token', 'There is no token for the rate limiter.', { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Returns the body of an answer that a call hoped for.
 *
 * @throws LimiterProblem for a refusal, and LimiterUnavailable for any other status or a body of another shape.
 */
export function requireAnswer<T>({ status, json }: Answer, isExpected: (json: unknown) => json is T): T {
  // 408 and 429 are about the service's load here, and not about the request.
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) throw new LimiterProblem(status, json)
  if (status < 200 || status > 299) {
    throw new LimiterUnavailable('bad-status', `The rate limiter answered ${status}.`, { httpStatus: status })
  }
  if (isExpected(json)) return json
  throw new LimiterUnavailable('bad-answer', 'What answered is not the rate limiter.', { httpStatus: status })
}

/** Returns the code of a problem; `undefined` when the body is none. */
export function problemCode({ json }: Answer): unknown {
  return isObject(json) ? json.code : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
