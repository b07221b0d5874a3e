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

/** Sends one request, follows no redirect, and reads the answer. */
export async function call(url: string, { method = 'GET', token, body, headers = {} }: Call = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
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
