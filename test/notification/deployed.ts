import { apiUrl, newTenant, token } from '../support/cloud.ts'
import { DEADLINE_MS, Disturbed, eventually } from '../support/eventually.ts'
import { type Answer, answered, call } from '../support/http.ts'

export const api = apiUrl('Notification')

/** A sender of a tenant, over HTTP. */
export interface Sender {
  readonly tenant: string
  call: (route: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
  /** Defines the category `orders`. */
  category: (rules?: object) => Promise<void>
  /** Sends a notification of that category to an address of its own, and returns its id. */
  send: (given?: object) => Promise<string>
  /**
   * Waits until a notification has this status, and returns it.
   *
   * @throws Disturbed if it failed because nobody knows whether it was sent, as `onUncertain: 'drop'` decides: a busy
   * machine may take too long for an attempt.
   */
  until: (id: string, status: string) => Promise<Answer['json']>
  outbox: (to: string) => Promise<Answer['json'][]>
}

export const SCOPES = 'notify:send notify:manage notify:admin'

/** Waits for a delivery: another test may stop a consumer meanwhile, for as long as it waits itself. */
export const DELIVERED = { deadlineMs: 2 * DEADLINE_MS }

/** Returns a sender of a new tenant. */
export async function aSender(): Promise<Sender> {
  const tenant = newTenant()
  const bearer = await token({ sub: 'sender', tenant, scope: SCOPES })
  const send: Sender['call'] = (route, body, headers = {}) => {
    const [method = '', path = ''] = route.split(' ', 2)
    return call(`${api}${path}`, { method, token: bearer, headers, ...(body !== undefined && { body }) })
  }
  return {
    tenant,
    call: send,
    async category(rules = {}) {
      const body = { channels: ['email'], onUncertain: 'retry', ...rules }
      answered(201, await send('PUT /v1/categories/orders', body))
    },
    async send(given = {}) {
      const content = { subject: 'Your order', text: 'It is on its way.' }
      const body = { to: { email: 'ann@example.com' }, category: 'orders', content, ...given }
      return answered(202, await send('POST /v1/notifications', body)).json.id
    },
    until: (id, status) =>
      eventually(async () => {
        const { json } = answered(200, await send(`GET /v1/notifications/${id}`))
        if (isUncertain(json)) throw new Disturbed(`It is unknown whether ${id} was sent.`)
        expect(json).toMatchObject({ status })
        return json
      }, DELIVERED),
    async outbox(to) {
      return answered(200, await send(`GET /v1/test/outbox?to=${encodeURIComponent(to)}`)).json.items
    },
  }
}

function isUncertain({ channels }: { channels: Record<string, { reason?: string }> }): boolean {
  return Object.values(channels).some(({ reason }) => reason === 'uncertain')
}
