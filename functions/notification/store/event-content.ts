import type { Item } from '../../shared/data/table.ts'
import { eventContent } from '../../shared/events/event-content.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import type { Notification, Summary } from '../domain/notification.ts'
import { notificationEvents } from '../events.ts'
import { fromItem } from './items.ts'
import type { Told } from './notification-items.ts'

type StoredSummary = Summary &
  Pick<Notification, 'tenant' | 'id' | 'category' | 'priority' | 'reference'> & { userId?: string; told?: Told }

/**
 * Derives the content of a published event from a notification's summary.
 *
 * @throws Error for a type that isn't known here, or naming the fields that an item lacks.
 */
export function notificationEventContent(image: Item, type: string): EventContent {
  const definition = notificationEvents.find((one) => one.type === type)
  if (!definition) throw new Error(`No event of notifications is called ${type}`)
  const { tenant, id, status, category, priority, userId, reference, told } = fromItem<StoredSummary>(image)
  const { channels, reason } = told ?? {}
  const given = { notification: id, status, category, priority, userId, reference, channels, reason }
  return eventContent(definition, { tenant, given, subjectOf: ({ notification }) => notification })
}
