import type { Cause } from '../../shared/events/event.ts'
import type { Poison } from '../../shared/queue/queue-handler.ts'
import type { Mapping } from '../domain/mapping.ts'
import { applyMapping } from './apply-mapping.ts'

/** An event of another system, as it comes from its bus. */
export interface ForeignEvent {
  readonly id: string
  readonly type: string
  readonly tenant: string
  readonly data: unknown
  /** The trace that it belongs to, if its system says so. */
  readonly correlationId?: string
  readonly traceparent?: string
}

export type ReadMapping = (
  id: { readonly tenant: string; readonly detailType: string },
  signal: AbortSignal,
) => Promise<Mapping | undefined>

/** An event with the mapping that it is applied by. */
export interface MappedEvent {
  readonly tenant: string
  readonly eventId: string
  readonly mapping: Mapping
  readonly data: Readonly<Record<string, unknown>>
  readonly cause: Cause
}

/** Accepts the notification of one user; a repeat for the same event and user changes nothing. */
export type NotifyUser = (
  userId: string,
  signal: AbortSignal,
) => Promise<{ readonly outcome: 'accepted' } | { readonly outcome: 'refused'; readonly reason: string }>

export interface ConsumeEventDeps {
  readMapping: ReadMapping
  /** Reads what all notifications of an event share. */
  prepare: (event: MappedEvent, signal: AbortSignal) => Promise<NotifyUser>
}

/** Notifications that are accepted at a time. */
const AT_A_TIME = 10

/**
 * Creates the consumer of other systems' events. Tenants without a mapping of an event's type hear nothing of it. A
 * mapping that can't be applied makes the event poison: once it is mended, the dead letter can be delivered again, and
 * those who were notified already are recognised.
 */
export function consumeEvent({ readMapping, prepare }: ConsumeEventDeps) {
  return async (event: ForeignEvent, cause: Cause, signal: AbortSignal): Promise<Poison | undefined> => {
    const { id: eventId, tenant, type, data } = event
    const mapping = await readMapping({ tenant, detailType: type }, signal)
    if (!mapping) return undefined
    const mapped = applyMapping(mapping, { id: eventId, type, tenant, data })
    if (mapped.outcome === 'unfit') return { poison: `The mapping of ${type} doesn’t fit: ${mapped.reason}` }
    const notifyUser = await prepare({ tenant, eventId, mapping, data: mapped.data, cause }, signal)
    let refusal: string | undefined
    for (let start = 0; start < mapped.users.length; start += AT_A_TIME) {
      const users = mapped.users.slice(start, start + AT_A_TIME)
      const outcomes = await Promise.all(users.map((userId) => notifyUser(userId, signal)))
      refusal ??= outcomes.find((each) => each.outcome === 'refused')?.reason
    }
    return refusal === undefined ? undefined : { poison: `The mapping of ${type} doesn’t fit: ${refusal}` }
  }
}
