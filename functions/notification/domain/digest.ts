import type { DigestRule } from './category.ts'
import type { Evaluation } from './evaluation.ts'
import { type Changes, moved } from './moves.ts'
import { newChannel } from './new-channel.ts'
import type { ChannelState, News, Notification, Tracked } from './notification.ts'
import { canMove, isOpen, isUnclaimed, type Outcome, type Status } from './status.ts'

// A digest is itself a notification, because its evaluation, claim, delivery and retries are those of any notification.
// Its window is open while its channel is `scheduled`. Each move that concerns its items leaves `news` in the channel,
// with a turn for a worker that changes the items accordingly. The worker may repeat its changes, or make only some.

/** Returns what a template with `digest: true` prints. */
export function digestData(items: readonly Pick<Notification, 'data'>[]): Notification['data'] {
  return { count: items.length, items: items.map(({ data }) => data) }
}

/** Builds the digest that a window's first item opens. */
export function newDigest(
  first: Notification,
  { channel, rule, id, now }: { channel: ChannelState; rule: DigestRule; id: string; now: number },
): Tracked {
  const own = { id, data: {}, createdAt: now, sendAt: null, expiresAt: null, reference: null, broadcastId: null }
  const dueAt = rule.maxItems === 1 ? now : now + rule.windowSeconds * 1000
  const gathering = newChannel(channel.channel, { dueAt, now })
  // It is open until a worker closes it, even if it is full at once.
  const only: ChannelState = { ...gathering, status: 'scheduled', items: [first.id] }
  return {
    notification: { ...first, ...own, isDigest: true },
    summary: { status: only.status, channels: { [only.channel]: only.status }, doneAt: null },
    channels: [only],
  }
}

/** Returns the channel of a digest. @throws Error for what has none, which is no digest. */
export function gatheringOf({ channels }: Tracked): ChannelState & { readonly items: readonly string[] } {
  const [channel] = channels
  if (!channel?.items) throw new Error('A digest has a channel with items')
  return { ...channel, items: channel.items }
}

/** Closes the window of a digest. Nobody can join it any more, and it is judged as if it were new. */
export function closed(channel: ChannelState, now: number): Changes {
  const entries = [{ event: 'closed', detail: `With ${channel.items?.length} notifications.` }]
  return { channels: [moved(channel, { status: 'queued', at: now, entries, set: { firstDueAt: now } })] }
}

/** Returns a channel that joins a digest. One that may expire before the window closes is looked at when it does. */
export function joining(channel: ChannelState, { digestId, until, expiresAt, rules, now }: Joining): ChannelState {
  const detail = `In the digest ${digestId}, until ${new Date(until).toISOString()} at the latest.`
  const mayExpire = expiresAt !== null && expiresAt <= until
  return moved(channel, {
    status: 'digesting',
    at: now,
    entries: [{ event: 'digesting', detail }],
    set: { digestId, rules, reason: null, dueAt: mayExpire ? expiresAt : until },
    wake: mayExpire,
  })
}

export interface Joining {
  readonly digestId: string
  /** The end of the window, in milliseconds since the epoch. */
  readonly until: number
  readonly expiresAt: number | null
  readonly rules: readonly Evaluation[]
  readonly now: number
}

/** Returns an item that its digest is about to be sent with: from now on it can't be cancelled. */
export function gathered(item: ChannelState, digest: ChannelState, now: number): ChannelState {
  const attempts = digest.attempts + 1
  const entries = [{ event: 'sending', detail: `Attempt ${attempts} of its digest.` }]
  return moved(item, { status: 'sending', at: now, entries, set: { attempts } })
}

/** Ends an item that its digest is sent without. */
export function left(item: ChannelState, { status, rules, reason, detail }: Leaving, now: number): Changes {
  const entries = [{ event: status, detail }]
  const after = moved(released(item, status, now), { status, at: now, entries, set: { reason, rules } })
  return { channels: [after], publish: { outcome: status, reason } }
}

export interface Leaving {
  readonly status: 'cancelled' | 'expired'
  readonly reason: string
  readonly rules: readonly Evaluation[]
  readonly detail: string
}

/** Takes an item back from a digest of which certainly nothing was sent, where its next status needs that. */
function released(item: ChannelState, next: Status, now: number): ChannelState {
  if (item.status !== 'sending' || canMove('sending', next)) return item
  return moved(item, { status: 'queued', at: now })
}

/**
 * Returns the changes of a digest, with the `news` for its items, which publish the events in its place. A worker
 * wakes for them first, and then at the time for which the digest had been woken.
 */
export function announced({ notification, channels }: Tracked, changes: Changes, now: number): Changes {
  if (!notification.isDigest) return changes
  const { publish, ...rest } = changes
  const withNews = changes.channels.map((after) => {
    const before = channels.find(({ channel }) => channel === after.channel)
    return before ? announcing(before, after, { outcome: publish?.outcome ?? null, now }) : after
  })
  return { ...rest, channels: withNews }
}

function announcing(
  before: ChannelState,
  after: ChannelState,
  { outcome, now }: { outcome: Outcome | null; now: number },
): ChannelState {
  const hasEnded = after.status !== before.status && !isOpen(after.status)
  const isNews = outcome !== null || hasEnded || doubts(after) > doubts(before)
  const isWoken = after.turn !== before.turn
  const pending = after.news
  if (!isNews && !(pending && isWoken)) return after
  const resumeAt = isWoken ? after.dueAt : isNews ? null : (pending?.resumeAt ?? null)
  const news: News = { outcome: isNews ? outcome : (pending?.outcome ?? null), resumeAt }
  return { ...after, news, dueAt: now, turn: before.turn + 1 }
}

function doubts({ deliveries }: ChannelState): number {
  return deliveries.filter(({ uncertain }) => uncertain).length
}

/** Returns the channel of a digest without its news, once all items have followed it. */
export function afterNews({ news, ...channel }: ChannelState, now: number): ChannelState {
  const resumeAt = news?.resumeAt ?? null
  return moved(channel, { at: now, ...(resumeAt !== null && { set: { dueAt: resumeAt }, wake: true }) })
}

/** Checks that a digest keeps the items it was tried with: something was sent, or all tries must have the same bytes. */
export function isFixed({ status, channel, attempts }: ChannelState): boolean {
  return status === 'sending' || (channel === 'webhook' && attempts > 0)
}

/**
 * Returns the changes by which an item follows its digest; `null` if it has done so, or has ended by itself.
 *
 * @param digest the digest's channel, with its news.
 */
export function following(
  item: ChannelState,
  { digest, expiresAt, now }: { digest: ChannelState; expiresAt: number | null; now: number },
): Changes | null {
  const status = statusAfter(item.status, digest)
  if (status === null || (item.digestTurn ?? 0) >= digest.turn) return null
  const { outcome = null, resumeAt = null } = digest.news ?? {}
  const { reason, provider, attempts, turn } = digest
  const facts = { reason, provider, attempts, digestTurn: turn, rules: rulesOf(item, digest) }
  if (digest.status === 'deferred' && expiresAt !== null && resumeAt !== null && resumeAt >= expiresAt) {
    const detail = `The digest waits until ${new Date(resumeAt).toISOString()}, and it expires before.`
    const rules = facts.rules.map((each) =>
      each.outcome === 'deferred' ? { ...each, outcome: 'expired' as const, detail } : each,
    )
    const changes = left(item, { status: 'expired', reason: reason ?? 'expired', rules, detail }, now)
    return changes
  }
  const last = digest.timeline.at(-1)
  const entries = last ? [{ event: last.event, ...(last.detail !== undefined && { detail: last.detail }) }] : []
  const after = moved(released(item, status, now), { status, at: now, entries, set: facts })
  return { channels: [after], ...(outcome && { publish: { outcome, reason } }) }
}

/** Returns the status of an item that follows its digest; `null` if it does not. */
function statusAfter(item: Status, channel: ChannelState): Status | null {
  const digest = channel.status
  // Nothing of it was sent, so that items which were claimed for a try can be cancelled again.
  if (digest === 'deferred') return isUnclaimed(item) || (item === 'sending' && !isFixed(channel)) ? digest : null
  if (isOpen(digest)) return item === 'sending' && digest === 'sending' ? item : null
  const isPossible = canMove(item, digest) || (item === 'sending' && canMove('queued', digest))
  return isPossible ? digest : null
}

/** Returns the latest judgement of a digest as one of its item. */
function rulesOf(item: ChannelState, { rules }: ChannelState): readonly Evaluation[] {
  if (rules.length === 0) return item.rules
  const detail = `It is in the digest ${item.digestId}.`
  return rules.map((each) => (each.rule === 'digest' ? { ...each, outcome: 'pass', detail } : each))
}
