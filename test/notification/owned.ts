import { answered, call } from '../support/http.ts'

/**
 * Sends a notification of a category, and defines what there is of a user of the same name. Returns the parameters of the
 * paths that they are at.
 */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const category = { channels: ['email'], onUncertain: 'drop' }
  answered(201, await call(`${api}/v1/categories/orders`, { method: 'PUT', token, body: category }))
  const body = { to: { email: 'ann@example.com' }, category: 'orders', content: { text: 'Hello' } }
  const sent = await call(`${api}/v1/notifications`, { method: 'POST', token, body })
  const { id } = answered(202, sent).json
  const put = async (path: string, given: object) => {
    const { status } = await call(`${api}/v1/${path}`, { method: 'PUT', token, body: given })
    expect([200, 201]).toContain(status)
  }
  await put('templates/orders', { channels: { sms: { text: 'Hello' } } })
  await put(`users/${id}/preferences`, { categories: { 'of-the-owner': { email: false } } })
  await put(`users/${id}/endpoints/mail`, { channel: 'email', address: 'of-the-owner@example.com', enabled: true })
  await put('suppressions/email', { address: 'ann@example.com', reason: 'of-the-owner' })
  return { id, name: 'orders', channel: 'email', endpointId: 'mail' }
}

/** Bodies that pass a route's checks, where an empty one doesn't. */
export const bodies: Record<string, object> = {
  'PUT /v1/categories/{name}': { channels: ['sms'], onUncertain: 'drop' },
  'PUT /v1/templates/{name}': { channels: { sms: { text: 'Hello' } } },
  'POST /v1/templates/{name}/preview': { data: {} },
  'PUT /v1/users/{id}/endpoints/{endpointId}': { channel: 'email', address: 'ann@example.com', enabled: true },
  'PUT /v1/users/{id}/preferences': { categories: {} },
  'POST /v1/users/{id}/inbox/mark': { all: true, as: 'seen' },
  'POST /v1/webhooks/{endpointId}/replay': { notificationId: 'missing' },
  'PUT /v1/suppressions/{channel}': { address: 'ann@example.com', reason: 'asked' },
}

/** Queries without which a route answers nobody. */
export const queries: Record<string, string> = {
  'GET /v1/test/outbox': 'to=ann@example.com',
  'DELETE /v1/suppressions/{channel}': 'address=ann@example.com',
}

/** Routes by which each tenant makes an object of its own under a name that another one uses, too. */
export const ownNames = [
  'PUT /v1/categories/{name}',
  'PUT /v1/templates/{name}',
  'PUT /v1/users/{id}',
  'DELETE /v1/users/{id}',
  'PUT /v1/users/{id}/endpoints/{endpointId}',
  'PUT /v1/suppressions/{channel}',
]

/** Routes by which every user of a tenant has something, whether or not somebody made the user. */
export const everybodys = [
  'GET /v1/users/{id}/preferences',
  'PUT /v1/users/{id}/preferences',
  'GET /v1/users/{id}/endpoints',
  'GET /v1/users/{id}/inbox',
  'POST /v1/users/{id}/inbox/mark',
]

/** Routes about the service, which say the same to each tenant. */
export const ofTheService = ['GET /v1/providers', 'GET /v1/admin/queues']

export function codeOfMissing(): string {
  return 'not-found'
}
