import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { StartTimer } from '../resilience/timer.ts'
import { checkUrl, isAllowedAddress, type UrlRules } from './check-url.ts'

export interface OutboundRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The result of a request to a stranger's server. */
export type PostResult =
  /** The status is that of the server, a redirect's too: none is followed. */
  | { readonly outcome: 'answered'; readonly status: number; readonly headers: IncomingHttpHeaders }
  /** The URL, or an address that its host resolved to, is not one that may be called. Nothing was sent. */
  | { readonly outcome: 'refused' }
  /** The server got nothing. */
  | { readonly outcome: 'not-sent'; readonly reason: string }
  /** The server may have got it. */
  | { readonly outcome: 'unknown'; readonly reason: string }

/** Sends a request. It never rejects, not even when the signal aborts. */
export type Post = (request: OutboundRequest, signal: AbortSignal) => Promise<PostResult>

export interface PostOptions {
  rules: UrlRules
  /** The time to resolve the name and to connect, TLS included, in milliseconds. */
  connectMs: number
  /** The time for all, in milliseconds. */
  totalMs: number
  /** The answer's bytes that are read at most: its status counts, however long it is. */
  maxAnswerBytes: number
  startTimer: StartTimer
  /** @default that of the system */
  lookup?: typeof systemLookup
}

/** The reason with which a lookup ends whose addresses may not be called. */
class RefusedAddress extends Error {}

/**
 * Creates a POST to URLs that strangers gave, which reaches the public internet alone (OWASP, "Server-Side Request
 * Forgery Prevention"). The host is resolved once, all of its addresses are checked, and the connection is made to one of
 * them: a name that resolves to another address a moment later ("DNS rebinding") gains nothing. Redirects aren't
 * followed, and no connection is shared.
 */
export function createPost(options: PostOptions): Post {
  return async ({ url: text, headers, body }, signal) => {
    if (checkUrl(text, options.rules) !== undefined) return { outcome: 'refused' }
    if (signal.aborted) return { outcome: 'not-sent', reason: 'aborted' }
    const url = new URL(text)
    const send = url.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false,
      lookup: checkedLookup(url, options),
    })
    const result = resultOf(request, url, { ...options, signal })
    request.end(body)
    return result
  }
}

function resultOf(
  request: ClientRequest,
  url: URL,
  { connectMs, totalMs, maxAnswerBytes, startTimer, signal }: PostOptions & { signal: AbortSignal },
): Promise<PostResult> {
  return new Promise((resolve) => {
    const connection = watchConnection(request, url)
    const giveUp = (reason: string) => () => request.destroy(new Error(reason))
    const abort = giveUp('aborted')
    const timers = [
      startTimer(giveUp('timed-out'), totalMs),
      startTimer(() => connection.isMade() || giveUp('connect-timed-out')(), connectMs),
    ]
    signal.addEventListener('abort', abort)
    let answer: PostResult | undefined
    const end = (failure: PostResult) => {
      for (const cancel of timers) cancel()
      signal.removeEventListener('abort', abort)
      request.destroy()
      resolve(answer ?? failure)
    }
    request.on('error', (error) => end(failureOf(error, connection.isMade())))
    // The last event of every request, such as of one whose server switched to another protocol.
    request.on('close', () => end({ outcome: connection.isMade() ? 'unknown' : 'not-sent', reason: 'closed' }))
    request.on('response', (response) => {
      const { statusCode = 0, headers: answered } = response
      // The status counts, whatever becomes of the rest.
      const received: PostResult = { outcome: 'answered', status: statusCode, headers: answered }
      answer = received
      readAnswer(response, maxAnswerBytes, () => end(received))
    })
  })
}

/** Resolves a name to addresses that were checked: what it returns is what Node connects to. */
function checkedLookup(url: URL, { rules, lookup = systemLookup }: PostOptions): LookupFunction {
  return (hostname, { all, ...options }, callback) => {
    const check = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[] = []) => {
      const isRefused = addresses.some(({ address }) => !isAllowedAddress(address, url, rules))
      const failure = error ?? (isRefused ? new RefusedAddress('A private address') : null)
      const [first] = addresses
      if (failure || !first) return callback(failure ?? new Error('no-address'), [])
      return all ? callback(null, addresses) : callback(null, first.address, first.family)
    }
    lookup(hostname, { ...options, all: true }, check)
  }
}

/** Tells from when on the server may have got something. */
function watchConnection(request: ClientRequest, { protocol }: URL): { isMade: () => boolean } {
  let isMade = false
  request.once('socket', (socket) => {
    socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      isMade = true
    })
  })
  return { isMade: () => isMade }
}

function failureOf(error: Error, isConnected: boolean): PostResult {
  if (error instanceof RefusedAddress) return { outcome: 'refused' }
  const reason = ((error as NodeJS.ErrnoException).code ?? error.message).toLowerCase().replaceAll('_', '-')
  return { outcome: isConnected ? 'unknown' : 'not-sent', reason }
}

/** Reads a part of the answer, so that its sender isn't cut off. */
function readAnswer(response: IncomingMessage, maxBytes: number, end: () => void): void {
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength
    if (bytes >= maxBytes) end()
  })
  for (const event of ['end', 'error', 'close']) response.on(event, end)
}
