import { answered, call } from '../support/http.ts'

/** Sends a notification of a category, and gives the parameters of the paths that they are at. */
export async function makeOwned(api: string, token: string): Promise<Record<string, string>> {
  const category = { channels: ['email'], onUncertain: 'drop' }
  answered(201, await call(`${api}/v1/categories/orders`, { method: 'PUT', token, body: category }))
  const body = { to: { email: 'ann@example.com' }, category: 'orders', content: { text: 'Hello' } }
  const sent = await call(`${api}/v1/notifications`, { method: 'POST', token, body })
  const { id } = answered(202, sent).json
  // The user of the same name has an address.
  const endpoint = { channel: 'email', address: 'ann@example.com', enabled: true }
  answered(201, await call(`${api}/v1/users/${id}/endpoints/mail`, { method: 'PUT', token, body: endpoint }))
  answered(201, await call(`${api}/v1/topics/news/subscribers/${id}`, { method: 'PUT', token }))
  const mapping = { recipients: '$.data.users', category: 'orders', template: 'placed' }
  const detailType = 'orders.order.placed'
  answered(201, await call(`${api}/v1/mappings/${detailType}`, { method: 'PUT', token, body: mapping }))
  return { detailType, id, name: 'orders', channel: 'email', endpointId: 'mail', topic: 'news', user: id }
}

/** Bodies that pass a route's checks, where an empty one doesn't. */
export const bodies: Record<string, object> = {
  'PUT /v1/categories/{name}': { channels: ['sms'], onUncertain: 'drop' },
  'PUT /v1/mappings/{detailType}': { recipients: '$.data.users', category: 'orders', template: 'placed' },
  'PUT /v1/templates/{name}': { channels: { sms: { text: 'Hello' } } },
  'POST /v1/templates/{name}/preview': { data: {} },
  'POST /v1/topics/{topic}/publish': { category: 'orders', content: { text: 'Hello' } },
  'PUT /v1/users/{id}/endpoints/{endpointId}': { channel: 'email', address: 'ann@example.com', enabled: true },
  'PUT /v1/users/{id}/preferences': { categories: {} },
  'PUT /v1/suppressions/{channel}': { address: 'ann@example.com', reason: 'asked' },
  'POST /v1/webhooks/{endpointId}/replay': { notificationId: 'other' },
  'POST /v1/users/{id}/inbox/mark': { all: true, as: 'read' },
}

/** Queries without which a route answers nobody. */
export const queries: Record<string, string> = {
  'GET /v1/test/outbox': 'to=ann@example.com',
  'DELETE /v1/suppressions/{channel}': 'address=ann@example.com',
}

/** Routes by which each tenant makes an object of its own under a name that another one uses, too. */
export const ownNames = [
  'PUT /v1/categories/{name}',
  'PUT /v1/mappings/{detailType}',
  'PUT /v1/templates/{name}',
  'PUT /v1/topics/{topic}/subscribers/{user}',
  'PUT /v1/users/{id}',
  'PUT /v1/users/{id}/endpoints/{endpointId}',
  'PUT /v1/suppressions/{channel}',
]

/**
 * Routes of users and topics, which each tenant has without making them: those of another tenant look like those of
 * nobody.
 */
export const unmade = [
  'DELETE /v1/topics/{topic}/subscribers/{user}',
  'GET /v1/topics/{topic}/subscribers',
  'DELETE /v1/users/{id}',
  'GET /v1/users/{id}/endpoints',
  'GET /v1/users/{id}/inbox',
  'GET /v1/users/{id}/preferences',
  'POST /v1/users/{id}/inbox/mark',
  'PUT /v1/users/{id}/preferences',
]

/** Routes that name an object of the tenant in their body, with the answer to that of another tenant. */
export const refusals = { 'POST /v1/topics/{topic}/publish': [422, 'unknown-category'] }

/** Routes that show the state of the service, and nothing of a tenant. */
export const ofService = ['GET /v1/admin/queues', 'GET /v1/providers']

export function codeOfMissing(): string {
  return 'not-found'
}
