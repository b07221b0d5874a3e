import type { Random } from '../../shared/clock.ts'
import { outcomeOf, progressOf } from '../domain/deliveries.ts'
import type { Evaluation } from '../domain/evaluation.ts'
import { type Changes, moved } from '../domain/moves.ts'
import type { ChannelState, Delivery } from '../domain/notification.ts'
import type { Sent } from '../domain/provider.ts'
import { nextTry } from '../domain/retries.ts'
import { isOpen } from '../domain/status.ts'

/** The results of a claimed channel's deliveries. */
export interface Settlement {
  readonly channel: ChannelState
  /** By endpoint. */
  readonly results: ReadonlyMap<string, Sent>
  readonly expiresAt: number | null
  /** True if a repeat has no second effect. */
  readonly isIdempotent: boolean
  readonly now: number
}

/** A delivery after a try, with its line in the timeline. */
interface Tried {
  readonly delivery: Delivery
  readonly entry?: { readonly event: string; readonly detail: string }
}

/** Ends a claim: writes what became of each delivery, and when the channel is looked at again. */
export function settled(settlement: Settlement, random: Random): Changes {
  const { channel, results, now } = settlement
  const tried = channel.deliveries.map((delivery): Tried => {
    const result = results.get(delivery.endpointId)
    return result ? afterTry(delivery, result, { settlement, random }) : { delivery }
  })
  const progress = progressOf(tried.map(({ delivery }) => delivery))
  const { status, dueAt, ...facts } = progress
  const after = moved(channel, {
    status,
    at: now,
    entries: tried.flatMap(({ entry }) => entry ?? []),
    set: {
      ...facts,
      claim: null,
      rules: [...channel.rules.filter(({ rule }) => rule !== 'provider'), providerRule(progress)],
      ...(dueAt !== undefined && { dueAt }),
    },
    wake: dueAt !== undefined,
  })
  const outcome = outcomeOf(channel, progress)
  return { channels: [after], ...(outcome && { publish: { outcome, reason: progress.reason } }) }
}

function providerRule({ status, provider, reason }: ReturnType<typeof progressOf>): Evaluation {
  const name = provider ?? 'A provider'
  if (status === 'failed' || status === 'expired') {
    return { rule: 'provider', outcome: status, detail: `${name} did not send it: ${reason}.` }
  }
  if (status === 'queued')
    return { rule: 'provider', outcome: 'deferred', detail: `It will be tried again: ${reason}.` }
  return { rule: 'provider', outcome: 'pass', detail: `${name} accepted it.` }
}

interface Context {
  readonly settlement: Settlement
  readonly random: Random
}

function afterTry(delivery: Delivery, result: Sent, context: Context): Tried {
  const { now } = context.settlement
  const { provider } = result
  const name = provider ?? 'no provider'
  const accepted = { ...delivery, provider, acceptedAt: now, nextAt: null, reason: null }
  // A receipt was faster than this answer.
  if (!isOpen(delivery.status)) return { delivery: { ...delivery, provider, acceptedAt: delivery.acceptedAt ?? now } }
  switch (result.outcome) {
    case 'accepted': {
      const status = result.receipts ? 'sending' : 'sent'
      const entry = { event: 'sent', detail: `${name} accepted it.` }
      return { delivery: { ...accepted, status, providerId: result.providerId }, entry }
    }
    case 'delivered': {
      const entry = { event: 'delivered', detail: `${name} delivered it.` }
      return { delivery: { ...accepted, status: 'delivered', providerId: result.providerId }, entry }
    }
    case 'refused':
      return failed({ ...delivery, provider }, result.reason)
    case 'unavailable':
      return again({ ...delivery, provider, reason: result.reason }, context, result.retryAfterMs)
    case 'unknown':
      return afterUnknown({ ...delivery, provider, reason: result.reason }, context)
  }
}

/** Begins the lines of a timeline about a message that may have been sent or not. */
export const IN_DOUBT = 'It is unknown whether it was sent'

function afterUnknown(delivery: Delivery, context: Context): Tried {
  const { channel, isIdempotent } = context.settlement
  const uncertain = { ...delivery, uncertain: true }
  if (isIdempotent || channel.claim?.onUncertain === 'retry') return again(uncertain, context)
  return {
    delivery: { ...uncertain, status: 'failed', reason: 'uncertain', nextAt: null },
    entry: { event: 'failed', detail: `${IN_DOUBT} (${delivery.reason}): it is not repeated.` },
  }
}

function failed(delivery: Delivery, reason: string): Tried {
  const entry = { event: 'failed', detail: `${delivery.provider ?? 'No provider'}: ${reason}.` }
  return { delivery: { ...delivery, status: 'failed', reason, nextAt: null }, entry }
}

function again(delivery: Delivery, { settlement, random }: Context, retryAfterMs?: number): Tried {
  const { channel, expiresAt, now } = settlement
  const { firstDueAt } = channel
  const question = { channel: channel.channel, attempts: delivery.attempts, firstDueAt, expiresAt, now, retryAfterMs }
  const nextAt = nextTry(question, random)
  if (nextAt === null) return failed(delivery, delivery.reason ?? 'unavailable')
  const doubt = delivery.uncertain ? IN_DOUBT : (delivery.provider ?? 'No provider')
  const detail = `${doubt} (${delivery.reason}): it is tried again at ${new Date(nextAt).toISOString()}.`
  return { delivery: { ...delivery, nextAt }, entry: { event: 'retrying', detail } }
}
