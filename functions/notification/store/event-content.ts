import type { Item } from '../../shared/data/table.ts'
import { eventContent } from '../../shared/events/event-content.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import type { Notification, Summary } from '../domain/notification.ts'
import { endpointDisabled, notificationEvents, providerEvents } from '../events.ts'
import { fromItem } from './items.ts'
import type { Published } from './notification-items.ts'

type StoredSummary = Summary &
  Pick<Notification, 'tenant' | 'id' | 'category' | 'priority' | 'reference'> & {
    userId?: string
    published?: Published
  }

/**
 * Derives the content of a published event from the item that changed: a notification's summary, the record of an
 * endpoint, or a provider's breaker.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an item lacks.
 */
export function notificationEventContent(image: Item, type: string): EventContent {
  if (type === endpointDisabled.type) return endpointContent(image)
  const ofProvider = providerEvents.find((one) => one.type === type)
  if (ofProvider) {
    const given = { provider: fromItem<{ name: string }>(image).name }
    return eventContent(ofProvider, { tenant: '*', given, subjectOf: ({ provider }) => provider })
  }
  const definition = notificationEvents.find((one) => one.type === type)
  if (!definition) throw new Error(`No event of notifications is called ${type}`)
  const { tenant, id, status, category, priority, userId, reference, published } = fromItem<StoredSummary>(image)
  const { channels, reason } = published ?? {}
  const given = { notification: id, status, category, priority, userId, reference, channels, reason }
  return eventContent(definition, { tenant, given, subjectOf: ({ notification }) => notification })
}

function endpointContent(image: Item): EventContent {
  const { tenant, ...given } = fromItem<{ tenant: string }>(image)
  return eventContent(endpointDisabled, { tenant, given, subjectOf: ({ endpointId }) => endpointId })
}
