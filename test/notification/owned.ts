import { answered, call } from '../support/http.ts'

/** Sends a notification of a category, and gives the parameters of the paths that they are at. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const category = { channels: ['email'], onUncertain: 'drop' }
  answered(201, await call(`${api}/v1/categories/orders`, { method: 'PUT', token, body: category }))
  const body = { to: { email: 'ann@example.com' }, category: 'orders', content: { text: 'Hello' } }
  const sent = await call(`${api}/v1/notifications`, { method: 'POST', token, body })
  return { id: answered(202, sent).json.id, name: 'orders' }
}

/** Bodies that pass a route's checks, where an empty one doesn't. */
export const bodies: Record<string, object> = {
  'PUT /v1/categories/{name}': { channels: ['sms'], onUncertain: 'drop' },
}

/** Queries without which a route answers nobody. */
export const queries: Record<string, string> = { 'GET /v1/test/outbox': 'to=ann@example.com' }

/** Routes by which each tenant makes an object of its own under a name that another one uses, too. */
export const ownNames = ['PUT /v1/categories/{name}']

export function codeOfMissing(): string {
  return 'not-found'
}
