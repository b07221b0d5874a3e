import { outcomeOf, progressOf } from '../domain/deliveries.ts'
import { type Changes, moved } from '../domain/moves.ts'
import type { ChannelState, Delivery } from '../domain/notification.ts'
import type { Judgement } from './judge.ts'

type Ended = Extract<Judgement, { move: 'end' }>
type Deferred = Extract<Judgement, { move: 'defer' }>

/** Defers a channel until a rule lets it pass, which is judged anew then. */
export function deferred(channel: ChannelState, { until, reason, rules }: Deferred, now: number): Changes {
  const detail = `${reason}, until ${new Date(until).toISOString()}.`
  const entries = [{ event: 'deferred', detail }]
  if (isPartlySent(channel)) {
    const deliveries = channel.deliveries.map((one) => (one.nextAt === null ? one : { ...one, nextAt: until }))
    return { channels: [moved(channel, { at: now, entries, set: { dueAt: until, rules, deliveries }, wake: true })] }
  }
  const set = { dueAt: until, rules, reason }
  const after = moved(channel, { status: 'deferred', at: now, entries, set, wake: true })
  return { channels: [after], publish: { outcome: 'deferred', reason } }
}

/**
 * Ends a channel for good. Where some addresses were sent to before, only the others end, and the channel has the
 * furthest of their statuses.
 */
export function ended(channel: ChannelState, { status, reason, rules }: Ended, now: number): Changes {
  const detail = rules.at(-1)?.detail ?? `${reason}.`
  const entries = [{ event: status, detail }]
  if (!isPartlySent(channel)) {
    const after = moved(channel, { status, at: now, entries, set: { reason, rules, claim: null } })
    return { channels: [after], publish: { outcome: status, reason } }
  }
  const end = status === 'expired' ? 'expired' : 'failed'
  const progress = progressOf(channel.deliveries.map((one) => (isWaiting(one) ? givenUp(one, end, reason) : one)))
  const { dueAt, status: next, ...facts } = progress
  const set = { ...facts, rules, claim: null, ...(dueAt !== undefined && { dueAt }) }
  const after = moved(channel, { status: next, at: now, entries, set, wake: dueAt !== undefined })
  const outcome = outcomeOf(channel, progress)
  return { channels: [after], ...(outcome && { publish: { outcome, reason } }) }
}

/** Checks whether something was, or may have been, sent already. */
function isPartlySent({ status }: ChannelState): boolean {
  return status === 'sending'
}

function isWaiting({ status, acceptedAt }: Delivery): boolean {
  return status === 'sending' && acceptedAt === null
}

function givenUp(delivery: Delivery, status: 'failed' | 'expired', reason: string): Delivery {
  return { ...delivery, status, reason: delivery.uncertain ? 'uncertain' : reason, nextAt: null }
}
