import type { Clock, Random } from '../../shared/clock.ts'
import { awaitsReceipt, awaitsRetry } from '../domain/deliveries.ts'
import { closed, left } from '../domain/digest.ts'
import type { Changes, Decision } from '../domain/moves.ts'
import type { ChannelState, Notification, Tracked } from '../domain/notification.ts'
import type { Providers, Sent } from '../domain/provider.ts'
import { isOpen, isUnclaimed } from '../domain/status.ts'
import type { Rendered } from '../domain/template.ts'
import { claimed } from './claim.ts'
import { expiry, type Gather, hasExpired, readContent } from './gather.ts'
import { deferred, ended } from './hold-back.ts'
import { joinDigest } from './join-digest.ts'
import { type Judgement, judgeChannel, type Situation } from './judge.ts'
import type { RenderParts } from './render-parts.ts'
import { settled } from './settle.ts'
import type { Situate } from './situate.ts'
import type { Turn } from './turn.ts'
import { unconfirmed } from './unconfirmed.ts'

/** The worker's next step after the decision about a turn. */
export type Next =
  /** `ignored`: the turn is over. `held`: a rule held it back, or ended it. `recovered`: its last worker had died. */
  | { readonly next: 'stop'; readonly outcome: 'ignored' | 'held' | 'recovered' | 'unconfirmed' }
  /** The window of a digest is closed now: the turn is decided anew. */
  | { readonly next: 'again' }
  /** The items of a digest are to follow it. */
  | { readonly next: 'follow'; readonly digest: Tracked }
  /** It came too early, or another worker has the claim. */
  | { readonly next: 'wait'; readonly until: number }
  | { readonly next: 'send'; readonly token: string; readonly situation: Situation; readonly parts: Rendered }

export interface DecideTurnDeps {
  situate: Situate
  renderParts: RenderParts
  gather: Gather
  providers: Pick<Providers, 'isIdempotent'>
  /** The time after which a worker that claimed a channel is certainly dead, in milliseconds. */
  leaseMs: number
  newToken: () => string
  /** Makes the id of a digest. */
  newId: () => string
  now: Clock
  random: Random
}

export type DecideTurn = (tracked: Tracked, turn: Turn, signal: AbortSignal) => Promise<Decision<Next>>

const stop = (outcome: Extract<Next, { next: 'stop' }>['outcome']): Next => ({ next: 'stop', outcome })

/** Creates the decision about a turn: whether it still counts, and if the channel is to be sent now. */
export function createDecideTurn(deps: DecideTurnDeps): DecideTurn {
  const { now } = deps
  return async (tracked, turn, signal) => {
    const channel = tracked.channels.find((one) => one.channel === turn.channel)
    if (channel?.turn !== turn.turn) return { changes: null, result: stop('ignored') }
    if (channel.news) return { changes: null, result: { next: 'follow', digest: tracked } }
    if (!isOpen(channel.status)) return { changes: null, result: stop('ignored') }
    const at = now()
    const until = channel.claim?.until ?? channel.dueAt
    if (at < until) return { changes: null, result: { next: 'wait', until } }
    if (channel.digestId !== null) return ofItem(channel, tracked.notification, at)
    if (channel.claim) return { changes: afterDeath(channel, tracked, deps), result: stop('recovered') }
    if (channel.deliveries.some(awaitsReceipt) && !channel.deliveries.some(awaitsRetry)) {
      return { changes: unconfirmed(channel, at), result: stop('unconfirmed') }
    }
    if (tracked.notification.isDigest && channel.status === 'scheduled') {
      return { changes: closed(channel, at), result: { next: 'again' } }
    }
    return judged(tracked, channel, { deps, signal })
  }
}

/** Ends an item that has expired in a window. All else is up to its digest. */
function ofItem(channel: ChannelState, notification: Notification, now: number): Decision<Next> {
  if (!isUnclaimed(channel.status) || !hasExpired(notification, now)) return { changes: null, result: stop('ignored') }
  return { changes: left(channel, expiry(notification), now), result: stop('held') }
}

/** Takes what a dead worker was sending for sent or not: nobody can tell. */
function afterDeath(channel: ChannelState, { notification }: Tracked, { providers, now, random }: DecideTurnDeps) {
  const unknown: Sent = { outcome: 'unknown', reason: 'worker-lost', provider: null }
  const inDoubt = channel.deliveries.filter(({ status, acceptedAt, nextAt }) => {
    return isOpen(status) && acceptedAt === null && nextAt === null
  })
  const results = new Map(inDoubt.map(({ endpointId }) => [endpointId, unknown]))
  const isIdempotent = providers.isIdempotent(channel.channel)
  return settled({ channel, results, expiresAt: notification.expiresAt, isIdempotent, now: now() }, random)
}

interface Context {
  readonly deps: DecideTurnDeps
  readonly signal: AbortSignal
}

async function judged(tracked: Tracked, channel: ChannelState, { deps, signal }: Context): Promise<Decision<Next>> {
  const { situate, gather, renderParts, leaseMs, newToken, newId } = deps
  const situation = await situate.read(tracked, channel, signal)
  const at = situation.now
  const held = (changes: Changes | null): Decision<Next> => ({ changes, result: stop('held') })
  // Before the throttle, which counts no digest that isn't sent.
  const waiting = await readContent(tracked, { gather, claims: false, now: at }, signal)
  if (waiting.outcome === 'none') return held(ended(channel, waiting.end, at))
  const judgement = await judgeWithThrottle(situation, { deps, signal })
  if (judgement.move === 'digest') return held(joinDigest(situation, judgement.rules, newId))
  if (judgement.move === 'defer') return held(deferred(channel, judgement, at))
  if (judgement.move === 'end') return held(ended(channel, judgement, at))
  const content = await readContent(tracked, { gather, claims: true, now: at }, signal)
  if (content.outcome === 'none') return held(ended(channel, content.end, at))
  const { notification } = content
  const of = { notification, channel: channel.channel, person: situation.person }
  const rendered = await renderParts(of, signal)
  if (rendered.outcome !== 'rendered') {
    const { rules } = judgement
    const end = { move: 'end', status: 'failed', reason: 'template', rules } as const
    return held(ended(channel, end, at))
  }
  const token = newToken()
  const claim = { token, until: at + leaseMs, onUncertain: situation.category?.onUncertain ?? 'drop' }
  const changes = { channels: [claimed(channel, judgement, { claim, now: at })] }
  return {
    changes,
    result: { next: 'send', token, situation: { ...situation, targets: judgement.targets }, parts: rendered.parts },
  }
}

async function judgeWithThrottle(situation: Situation, { deps, signal }: Context): Promise<Judgement> {
  const judgement = judgeChannel(situation)
  const { category, notification } = situation
  if (judgement.move !== 'send' || !category?.throttle || notification.priority === 'critical') return judgement
  return judgeChannel({ ...situation, throttled: await deps.situate.throttle(situation, signal) })
}
