import { answered, call } from '../support/http.ts'

/** Creates an object, and returns the path parameters that address it. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const made = await call(`${api}/v1/links`, { method: 'POST', token, body: { url: 'https://example.com/' } })
  return { code: answered(201, made).json.code }
}

/**
 * Bodies that pass a route's validation where an empty one doesn't, so that only the owner can be the reason of a
 * refusal.
 */
export const bodies: Record<string, object> = { 'PUT /v1/links/{code}/block': { reason: 'spam' } }
