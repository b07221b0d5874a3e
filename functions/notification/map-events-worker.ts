import type { Clock } from '../shared/clock.ts'
import type { ConsumeEventDeps, NotifyUser, ReadMapping } from './mappings/consume-event.ts'
import type { SharedRequest } from './send/request.ts'
import type { SendOutcome } from './send/send.ts'
import { derivedId, type SendToManyStore, sendToMany } from './send-to-many.ts'

/** All that the consumer of events reads and writes: `createMapEventsStore` makes it. */
export interface MapEventsStore extends SendToManyStore {
  readMapping: ReadMapping
}

/** Creates what reads what the notifications of an event share, and then notifies each user. */
export function prepareMapped({ store, now }: { store: MapEventsStore; now: Clock }): ConsumeEventDeps['prepare'] {
  const prepare = sendToMany({ store, now })
  return async ({ tenant, eventId, mapping, data, cause }, signal) => {
    const { detailType, category, template } = mapping
    const shared: SharedRequest = {
      ...{ tenant, source: { template }, data, category, cause },
      ...{ steps: undefined, priority: 'normal', sendAt: null, expiresAt: null },
      ...{ digestKey: null, locale: null, reference: null },
    }
    const send = await prepare(shared, signal)
    return async (userId, inner) => {
      const id = derivedId('mapping', tenant, detailType, eventId, userId)
      return toOutcome(await send({ request: { ...shared, to: { userId } }, id }, inner))
    }
  }
}

function toOutcome(sent: SendOutcome): Awaited<ReturnType<NotifyUser>> {
  switch (sent.outcome) {
    case 'accepted':
      return { outcome: 'accepted' }
    case 'missing-variable':
      return { outcome: 'refused', reason: `${sent.variable} is printed by the template, and missing` }
    case 'unusable':
      return { outcome: 'refused', reason: `the template can’t be sent by ${sent.channel}` }
    default:
      return { outcome: 'refused', reason: sent.outcome }
  }
}
