/** An answer and its body. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts its content.
  json: any
}

export interface Call {
  method?: string
  token?: string
  /** The body, sent as JSON unless it is a string. */
  body?: unknown
  headers?: Record<string, string>
}

/** Longer than the timeout of any function behind an API, whose own answer is more useful than a client's timeout. */
const TIMEOUT_MS = 35_000

/** Sends one request, follows no redirect, and reads the answer. */
export async function call(url: string, { method = 'GET', token, body, headers = {} }: Call = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/**
 * Returns the answer if it has this status. Tests use it for their setup: otherwise a refusal would surface much later,
 * as another failure.
 *
 * @throws Error that shows the answer.
 */
export function answered(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`)
  return answer
}
