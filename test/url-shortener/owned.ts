import { answered, call } from '../support/http.ts'

/** Makes an object, and gives the parameters of the paths that it is at. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const made = await call(`${api}/v1/links`, { method: 'POST', token, body: { url: 'https://example.com/' } })
  return { code: answered(201, made).json.code }
}

/** Bodies that pass a route's checks, where an empty one doesn't: the refusal is then about whose the link is. */
export const bodies: Record<string, object> = { 'PUT /v1/links/{code}/block': { reason: 'spam' } }
