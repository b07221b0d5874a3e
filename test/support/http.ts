/** An answer with its body read. */
export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in it.
  json: any
}

export interface Call {
  method?: string
  token?: string
  /** Sent as JSON, unless it is a string. */
  body?: unknown
  headers?: Record<string, string>
}

/** Longer than any function behind an API may take: its own answer says more than a request that was given up. */
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
 * The answer, which must have this status. Whatever a test goes on with is made so: a refusal would otherwise show much
 * later, as something else.
 *
 * @throws Error that shows the answer.
 */
export function answered(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${answer.text}`)
  return answer
}
