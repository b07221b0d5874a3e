import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { RECEIPT_MS } from '../../../functions/notification/domain/deliveries.ts'
import type { NotificationId, Tracked } from '../../../functions/notification/domain/notification.ts'
import { isOpen } from '../../../functions/notification/domain/status.ts'
import type { Random } from '../../../functions/shared/clock.ts'
import { newTenant } from '../../support/cloud.ts'
import { createCountedTime } from '../../support/counted-time.ts'
import { aNotification } from '../notifications.ts'
import { problemsOfDigest } from './check-digest.ts'
import { type Outcome, problemsOf } from './check-notification.ts'
import { type FaultRates, STORM } from './faults.ts'
import { CATEGORIES, NEWS } from './news.ts'
import { NONE } from './sabotage.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

export interface ChaosOptions
  extends Pick<WorldOptions, 'table' | 'seed'>,
    Partial<Pick<WorldOptions, 'rates' | 'sabotage'>> {
  /** Half of them gather in digests. @default 40 */
  notifications?: number
  /** The time for which things fail, in milliseconds. @default 6000 */
  stormMs?: number
  /** The time in which all must have ended once everything works, in milliseconds. @default 60000 */
  patienceMs?: number
}

/** Receipts that were not lost have come after so long, or half of all patience. */
const RECEIPTS_COME_MS = 10_000

export interface ChaosResult {
  readonly problems: readonly string[]
  readonly digests: number
  /** The number of times that each fault was injected. */
  readonly faults: Partial<Record<keyof FaultRates, number>>
  /** The number of channels by their final status and its reason. */
  readonly ends: Readonly<Record<string, number>>
}

/** A notification as its sender knows it. */
interface Sent extends NotificationId {
  isAccepted: boolean
  cancelled?: Outcome['cancelled']
}

/**
 * Lets senders send and cancel while everything fails that may fail, heals it, and checks what became of each
 * notification. The seed decides what senders do and what fails; what runs at the same time may still go another way in
 * another run.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { notifications = 40, stormMs = 6000, patienceMs = 60_000 } = options
  const world = createWorld({ rates: STORM, sabotage: NONE, ...options })
  const tenant = newTenant()
  const all: Sent[] = Array.from({ length: notifications }, () => ({ tenant, id: randomUUID(), isAccepted: false }))
  let isOver = false
  const stream = (async () => {
    while (!isOver) {
      await Promise.all([...all, ...world.digests()].map((one) => world.dispatch(one)))
      await wait(5)
    }
  })()
  try {
    await Promise.all([wait(stormMs), ...all.map((one, index) => sendOne(world, one, index))])
    world.faults.end()
    await settle(world, all, patienceMs)
    const [outcomes, digests] = await Promise.all([
      Promise.all(all.map((one) => outcomeOf(world, one))),
      Promise.all(world.digests().map((id) => outcomeOf(world, { ...id, isAccepted: true }))),
    ])
    const channels = outcomes.flatMap(({ tracked }) => tracked?.channels ?? [])
    const ends: Record<string, number> = {}
    for (const { status, reason } of channels) {
      const end = reason === null || reason === status ? status : `${status}: ${reason}`
      ends[end] = (ends[end] ?? 0) + 1
    }
    const problems = [
      ...[...outcomes, ...digests].flatMap(problemsOf),
      ...digests.flatMap(({ tracked }) => (tracked ? problemsOfDigest(tracked) : [])),
    ]
    return { problems, digests: digests.length, faults: world.faults.counts(), ends }
  } finally {
    isOver = true
    world.queue.close()
    world.clock.stop()
    await stream
  }
}

/** Sends a notification, again until it is accepted, and cancels some of them at some moment. */
async function sendOne(world: World, one: Sent, index: number): Promise<void> {
  const { random, clock } = world
  await wait(random() * 2000)
  const given = index % 2 === 0 ? someNews(one, clock.now(), random) : aMessage(index, random)
  const tracked = aNotification({ ...one, ...given, now: clock.now() })
  for (let tries = 0; tries < 5 && !one.isAccepted; tries++) {
    one.isAccepted = await world.store(tracked).then(
      () => true,
      () => false,
    )
  }
  if (random() < 0.5) {
    await wait(random() * 400)
    const result = await world.cancel(one).catch(() => undefined)
    if (result && 'channels' in result) one.cancelled = result.channels
  }
}

/** Returns what is sent by itself: a mail, and a text message some time after it. */
function aMessage(index: number, random: Random) {
  const to = { email: `to-${index}@example.com`, phone: '+4915112345678' }
  const steps = [{ channel: 'email' }, { channel: 'sms', afterSeconds: Math.floor(random() * 60) }] as const
  return { to, steps, category: oneOf(CATEGORIES.alone, random) }
}

/** Returns what gathers with others of the same recipient. Some expire before their digest is sent, or while it is. */
function someNews({ id }: Sent, now: number, random: Random) {
  const to = { email: 'reader@example.com' }
  const expiresAt = random() < 0.3 ? now + Math.floor(random() * 40_000) : null
  const source = { template: NEWS.name }
  return { to, source, data: { id }, expiresAt, category: oneOf(CATEGORIES.gathered, random) }
}

function oneOf(names: readonly string[], random: Random): string {
  return names[Math.floor(random() * names.length)] ?? ''
}

/** Waits until all have ended; a receipt that was lost is missed after 72 hours. */
async function settle(world: World, all: readonly Sent[], patienceMs: number): Promise<void> {
  const skipAtMs = Math.min(RECEIPTS_COME_MS, patienceMs / 2)
  let isSkipped = false
  const countedMs = createCountedTime()
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs = countedMs()) {
    const found = await Promise.all([...all, ...world.digests()].map((one) => world.read(one)))
    if (!found.some((tracked) => tracked && isUnfinished(tracked))) return
    if (!isSkipped && waitedMs > skipAtMs) {
      isSkipped = true
      world.clock.skip(RECEIPT_MS)
    }
    await wait(50)
  }
}

/** Checks that somebody still has to do something about a notification. */
function isUnfinished({ summary, channels }: Tracked): boolean {
  return isOpen(summary.status) || channels.some(({ news }) => news)
}

async function outcomeOf(world: World, one: Sent): Promise<Outcome> {
  const tracked = await world.read(one)
  const channel = tracked?.channels.find(({ digestId }) => digestId !== null)
  const digest = channel && (await world.read({ tenant: one.tenant, id: channel.digestId ?? '' }))
  return {
    tracked,
    digest,
    carriers: world.provider.carriersOf(one.id),
    isAccepted: one.isAccepted,
    cancelled: one.cancelled,
    sentOf: (channel) => world.provider.sentOf(one.id, channel),
  }
}
