import { isUtf8 } from 'node:buffer'
import type {
  APIGatewayEventRequestContextJWTAuthorizer,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
} from 'aws-lambda'
import type { Cause } from '../events/event.ts'
import type { Logger } from '../telemetry/logger.ts'
import { HttpProblem } from './response.ts'
import { singleHeader } from './single-values.ts'

/** A request as routes see it: API Gateway's payload format 2.0 without its pitfalls. */
export interface HttpRequest {
  /** The route that matched, such as `GET /{code}` or `$default`. */
  readonly routeKey: string
  readonly method: string
  /** Decoded, without the stage. */
  readonly path: string
  readonly params: Readonly<Record<string, string | undefined>>
  /**
   * Headers by name in lower case; repeated headers are joined by commas. Use `singleHeader` for headers that take one
   * value.
   */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Claims of the token that the JWT authorizer verified; absent on public routes. Values are always strings. */
  readonly claims: Readonly<Record<string, unknown>> | undefined
  readonly requestId: string
  /** The query as it was sent, without the question mark: `singleValues` parses it. */
  readonly rawQuery: string
  /** Cookies such as `name=value`. */
  readonly cookies: readonly string[]
  /** The IP address of the peer, which may be a proxy. It must never be stored. */
  readonly clientAddress: string
  /** The body as sent, decoded from base64. */
  readonly body: Buffer
  /** Aborts shortly before the function times out: pass it to every call. */
  readonly signal: AbortSignal
  /** A logger whose lines have the request's id and trace. */
  readonly logger: Logger
  /** The cause of this request's effects: its id and its place in the trace. */
  readonly cause: Cause
}

/** API Gateway's event; only that of a protected route has an authorizer. */
export type HttpEvent = APIGatewayProxyEventV2WithRequestContext<
  APIGatewayEventRequestContextV2 & { authorizer?: APIGatewayEventRequestContextJWTAuthorizer }
>

/** The fields that the invocation adds to the event. */
interface Invoked extends Pick<HttpRequest, 'signal' | 'logger'> {
  traceparent: string
}

export function toRequest(event: HttpEvent, { signal, logger, traceparent }: Invoked): HttpRequest {
  const { requestContext } = event
  return {
    routeKey: event.routeKey,
    method: requestContext.http.method,
    path: event.rawPath,
    params: event.pathParameters ?? {},
    headers: event.headers,
    claims: requestContext.authorizer?.jwt?.claims,
    requestId: requestContext.requestId,
    rawQuery: event.rawQueryString,
    // API Gateway moves cookies out of the headers; a local cloud leaves them there.
    cookies: event.cookies ?? event.headers.cookie?.split(/; */) ?? [],
    clientAddress: requestContext.http.sourceIp,
    signal,
    logger,
    cause: { correlationId: requestContext.requestId, causationId: null, traceparent },
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

/** The default limit of a body: 256 KiB. */
export const MAX_BODY_BYTES = 262_144

/**
 * Returns the media type, such as `application/json`, in lower case and without parameters; empty if the request has
 * none.
 *
 * @throws HttpProblem 422 `invalid-input` if it names two.
 */
export function mediaTypeOf(request: HttpRequest): string {
  return singleHeader(request, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** @throws HttpProblem 413 `too-large`. */
export function checkSize({ body }: HttpRequest, maxBytes: number): void {
  if (body.byteLength <= maxBytes) return
  throw new HttpProblem({ status: 413, code: 'too-large', detail: `A body may have at most ${maxBytes} bytes.` })
}

/**
 * Parses a JSON body.
 *
 * @throws HttpProblem 413 `too-large`, 400 `unsupported-media-type` or `invalid-json`, 422 `invalid-input` for two
 * media types.
 */
export function jsonBody(request: HttpRequest, maxBytes: number = MAX_BODY_BYTES): unknown {
  checkSize(request, maxBytes)
  const charset = /;\s*charset="?([^";\s]+)/i.exec(singleHeader(request, 'content-type') ?? '')?.[1] ?? 'utf-8'
  if (mediaTypeOf(request) !== 'application/json' || !/^utf-?8$/i.test(charset)) {
    throw new HttpProblem({
      status: 400,
      code: 'unsupported-media-type',
      detail: 'Send the body as JSON in UTF-8, with the header "content-type: application/json".',
    })
  }
  const text = decodedJson(request.body)
  try {
    return JSON.parse(text)
  } catch {
    throw invalidJson('The body is not JSON in UTF-8.')
  }
}

/** Arrays and objects within each other: what recurses over a body would exhaust the stack at some thousands. */
const MAX_DEPTH = 100

function decodedJson(body: Buffer): string {
  let text: string
  try {
    text = decodeUtf8(body)
  } catch {
    throw invalidJson('The body is not JSON in UTF-8.')
  }
  if (depthOf(text) > MAX_DEPTH) throw invalidJson(`The body is nested more than ${MAX_DEPTH} levels deep.`)
  return text
}

/** Returns how deep arrays and objects are nested in a JSON text, in one pass whatever the text is. */
function depthOf(text: string): number {
  let [depth, deepest, isInString] = [0, 0, false]
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '"') isInString = !isInString
    // The character after a backslash ends no string.
    else if (character === '\\') index += 1
    else if (isInString) continue
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth)
    else if (character === ']' || character === '}') depth -= 1
  }
  return deepest
}

function invalidJson(detail: string): HttpProblem {
  return new HttpProblem({ status: 400, code: 'invalid-json', detail })
}

const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Decodes as a strict `TextDecoder` does, which takes Node a fiftieth of a cold start to load.
 *
 * @throws RangeError if the bytes aren't UTF-8.
 */
function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RangeError('The bytes are not UTF-8.')
  const text = bytes.toString()
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text
}
