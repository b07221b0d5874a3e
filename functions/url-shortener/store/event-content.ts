import type { Item } from '../../shared/data/table.ts'
import { type Definition, eventContent } from '../../shared/events/event-content.ts'
import type { EventContent } from '../../shared/events/outbox.ts'
import {
  eventDefinitions,
  linkBlocked,
  linkClicked,
  linkCreated,
  linkDeleted,
  linkExhausted,
  linkExpired,
  linkReported,
  linkUpdated,
} from '../events.ts'
import { toLink } from './items.ts'

/** Derives an event's data from the item that has its outbox entry, by the type of the event. */
const DATA: Record<string, (image: Item) => object> = {
  [linkCreated.type]: linkData,
  [linkUpdated.type]: linkData,
  [linkDeleted.type]: () => ({}),
  [linkBlocked.type]: ({ reason, blockedBy }) => ({ reason: reason?.S, blockedBy: blockedBy?.S ?? null }),
  [linkReported.type]: ({ reason }) => ({ reason: reason?.S }),
  [linkExhausted.type]: (image) => ({ maxClicks: toLink(image).maxClicks }),
  [linkExpired.type]: (image) => ({ expiresAt: toLink(image).expiresAt }),
  [linkClicked.type]: ({ published, publishedBefore }) => ({
    clicks: Number(published?.N) - Number(publishedBefore?.N),
    total: Number(published?.N),
  }),
}

/**
 * Derives an event's content from the image of a link, of its block or clicks, or of a report.
 *
 * @throws Error for an unknown type, or with the names of the fields that an image lacks.
 */
export function linkEventContent(image: Item, type: string): EventContent {
  const definition: Definition<unknown> | undefined = eventDefinitions.find((one) => one.type === type)
  const toData = DATA[type]
  if (!definition || !toData) throw new Error(`Unknown type of event: ${type}`)
  return eventContent(definition, { tenant: image.tenant?.S, given: toData(image), subjectOf: () => image.code?.S })
}

function linkData(image: Item) {
  return {
    ...toLink(image),
    url: image.url?.S,
    status: image.status?.S,
    changed: image.changed?.L?.map(({ S }) => S),
  }
}
