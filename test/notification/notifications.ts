import type { Category } from '../../functions/notification/domain/category.ts'
import type { Tracked } from '../../functions/notification/domain/notification.ts'
import type { Person } from '../../functions/notification/domain/person.ts'
import { acceptedNotification, type Request, type Step } from '../../functions/notification/send/accept.ts'
import type { Cause } from '../../functions/shared/events/event.ts'

// Objects of notifications for tests, each with defaults that a test overrides.

export const CAUSE: Cause = {
  correlationId: 'request-1',
  causationId: null,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

export function aRequest(given: Partial<Request> = {}): Request {
  return {
    tenant: 'acme',
    to: { email: 'ann@example.com' },
    source: { content: { subject: 'Hi', text: 'Hello' } },
    data: {},
    category: 'orders',
    steps: [{ channel: 'email' }],
    priority: 'normal',
    sendAt: null,
    expiresAt: null,
    digestKey: null,
    locale: null,
    reference: null,
    cause: CAUSE,
    ...given,
  }
}

/** A notification that was accepted at `now`, with its steps. */
export function aNotification({
  now = 0,
  id = 'n1',
  ...given
}: Partial<Request> & { now?: number; id?: string } = {}): Tracked {
  const request = aRequest(given)
  const steps: readonly Step[] = request.steps ?? [{ channel: 'email' }]
  const source =
    'content' in request.source ? request.source : { template: { name: request.source.template, version: 1 } }
  return acceptedNotification({ request, id, source, steps, now })
}

export function aCategory(given: Partial<Category> = {}): Category {
  const rules = { required: false, onUncertain: 'retry', throttle: null, digest: null } as const
  return { name: 'orders', channels: ['email'], version: 'v1', ...rules, ...given }
}

export function aPerson(given: Partial<Person> = {}): Person {
  const preferences = { categories: {}, quietHours: null, digest: {}, locale: null }
  return { userId: 'ann', email: null, phone: null, locale: null, zone: null, preferences, endpoints: [], ...given }
}
