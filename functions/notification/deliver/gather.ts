import type { Clock } from '../../shared/clock.ts'
import { digestData, gathered, gatheringOf, isFixed, type Leaving, left } from '../domain/digest.ts'
import type { Decision, Revise } from '../domain/moves.ts'
import type { ChannelState, Notification, Tracked } from '../domain/notification.ts'
import { isOpen } from '../domain/status.ts'
import { type Judgement, reasonToSkip } from './judge.ts'
import { type ReadInboxMarks, readMarks } from './read-marks.ts'

/**
 * Ends those items of a digest that have expired, or whose step is not needed any more, and returns the others in the
 * order of their acceptance. `claims`: they are about to be sent, and can't be cancelled any more. It may be repeated,
 * and done in part.
 */
export type Gather = (
  digest: Tracked,
  asked: { readonly claims: boolean },
  signal: AbortSignal,
) => Promise<readonly Notification[]>

export interface GatherDeps {
  revise: Revise
  readInboxMarks: ReadInboxMarks
  now: Clock
}

const AT_ONCE = 20

/** Creates what finds the items that a digest is sent with: whatever races with it, each one is in it or has ended. */
export function createGather(deps: GatherDeps): Gather {
  const { revise } = deps
  return async (digest, { claims }, signal) => {
    const { items } = gatheringOf(digest)
    const { tenant } = digest.notification
    const found: (Notification | null | undefined)[] = []
    for (let from = 0; from < items.length; from += AT_ONCE) {
      const some = items.slice(from, from + AT_ONCE).map((id) => {
        const decide = (tracked: Tracked) => decideItem(tracked, { digest, claims, deps, signal })
        return revise({ id: { tenant, id }, decide }, signal)
      })
      found.push(...(await Promise.all(some)))
    }
    return found.filter((each) => each !== null && each !== undefined).sort(byAcceptance)
  }
}

type Content =
  | { readonly outcome: 'some'; readonly notification: Notification }
  /** Nothing is left of a digest. */
  | { readonly outcome: 'none'; readonly end: Extract<Judgement, { move: 'end' }> }

/** Reads what a notification is sent with: its own data, or those of the items of a digest. */
export async function readContent(
  tracked: Tracked,
  { gather, claims, now }: { gather: Gather; claims: boolean; now: number },
  signal: AbortSignal,
): Promise<Content> {
  const { notification } = tracked
  if (!notification.isDigest) return { outcome: 'some', notification }
  const items = await gather(tracked, { claims }, signal)
  const end = { move: 'end', rules: [] } as const
  if (items.length === 0) return { outcome: 'none', end: { ...end, status: 'cancelled', reason: 'empty' } }
  if (items.every((item) => hasExpired(item, now))) {
    return { outcome: 'none', end: { ...end, status: 'expired', reason: 'expired' } }
  }
  return { outcome: 'some', notification: { ...notification, data: digestData(items) } }
}

/** Sorts by acceptance, the first first. */
export function byAcceptance(a: Notification, b: Notification): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}

interface Context {
  readonly digest: Tracked
  readonly claims: boolean
  readonly deps: GatherDeps
  readonly signal: AbortSignal
}

async function decideItem(
  tracked: Tracked,
  { digest, claims, deps, signal }: Context,
): Promise<Decision<Notification | null>> {
  const { notification, channels } = tracked
  const gathering = gatheringOf(digest)
  const item = channels.find(({ channel }) => channel === gathering.channel)
  const isOurs = item?.digestId === digest.notification.id && isOpen(item.status)
  if (!isOurs) return { changes: null, result: null }
  const isClaimed = item.status === 'sending'
  const isSettled = isClaimed && isFixed(gathering)
  const leaving = isSettled ? undefined : await reasonToLeave(tracked, item, { deps, signal })
  const at = deps.now()
  if (leaving) {
    const leave = isClaimed && { leave: { digest: digest.notification, seen: gathering } }
    return { changes: { ...left(item, leaving, at), ...leave }, result: null }
  }
  const changes = claims && !isClaimed ? { channels: [gathered(item, gathering, at)] } : null
  return { changes, result: notification }
}

async function reasonToLeave(
  { notification, summary, channels }: Tracked,
  item: ChannelState,
  { deps, signal }: Pick<Context, 'deps' | 'signal'>,
): Promise<Leaving | undefined> {
  const inbox = await readMarks({ notification, channels, channel: item }, deps, signal)
  const skipped = reasonToSkip({ channel: item, statuses: summary.channels, inbox })
  if (skipped) return { status: 'cancelled', reason: skipped, rules: [], detail: `${skipped}.` }
  return hasExpired(notification, deps.now()) ? expiry(notification) : undefined
}

/** Checks that a notification has expired. */
export function hasExpired({ expiresAt }: Notification, now: number): boolean {
  return expiresAt !== null && now >= expiresAt
}

/** Returns how an item ends that has expired before its digest was sent. */
export function expiry({ expiresAt }: Notification): Leaving {
  const detail = `It expired at ${new Date(expiresAt ?? 0).toISOString()}, before its digest was sent.`
  return { status: 'expired', reason: 'expired', rules: [{ rule: 'expired', outcome: 'expired', detail }], detail }
}
