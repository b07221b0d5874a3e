import { createDeliver, type DeliverDeps, type Delivered } from '../../../functions/notification/deliver/deliver.ts'
import { createRenderParts } from '../../../functions/notification/deliver/render-parts.ts'
import { createSituate, type SituateDeps } from '../../../functions/notification/deliver/situate.ts'
import type { Turn } from '../../../functions/notification/deliver/turn.ts'
import type { Channel } from '../../../functions/notification/domain/channel.ts'
import { type Changes, type Revise, summaryAfter } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import type { OutgoingMessage, Providers, Sent } from '../../../functions/notification/domain/provider.ts'
import { aCategory, CAUSE } from '../notifications.ts'

const { signal } = new AbortController()

/** The provider's answers, one after the other; the last one repeats. */
export type Answers = readonly (Sent | 'crash')[]

export const DELIVERED: Sent = { outcome: 'delivered', providerId: 'm1', provider: 'mail' }
export const ACCEPTED: Sent = { outcome: 'accepted', providerId: 'm1', receipts: true, provider: 'mail' }
export const UNAVAILABLE: Sent = { outcome: 'unavailable', reason: 'throttled', provider: 'mail' }
export const UNKNOWN: Sent = { outcome: 'unknown', reason: 'timed-out', provider: 'mail' }
export const REFUSED: Sent = { outcome: 'refused', reason: 'no-such-mailbox', gone: false, provider: 'mail' }

export const LEASE_MS = 31_000

export interface WorldOptions extends Partial<SituateDeps> {
  answers?: Answers
  isIdempotent?: boolean
  /** Fails the write with this number, the first being 1, as if the worker had died before it. */
  dieBeforeWrite?: number
  /** True if the headers of a mail can't be made. */
  failingHeaders?: boolean
  /** Happens while the provider works on a message. */
  whileSending?: (world: { messages: readonly OutgoingMessage[]; handle: Handle }) => Promise<void>
}

type Handle = (name?: Channel, turn?: number) => Promise<Delivered>

/** One notification in memory, and a worker whose clock, provider and death a test decides. */
export function deliverWorld(tracked: Tracked, options: WorldOptions = {}) {
  const {
    answers = [DELIVERED],
    isIdempotent = false,
    dieBeforeWrite,
    whileSending,
    failingHeaders,
    ...situation
  } = options
  const world = {
    now: 0,
    tracked,
    /** The messages that the provider was given. */
    messages: [] as OutgoingMessage[],
    published: [] as Changes['publish'][],
    /** The turns that workers sent again. */
    rearmed: [] as Turn[],
    writes: 0,
    dieBeforeWrite,
  }
  const revise: Revise = async ({ decide }) => {
    const { changes, result } = await decide(world.tracked)
    if (changes) {
      world.writes += 1
      if (world.writes === world.dieBeforeWrite) throw new Error('The worker died')
      world.tracked = applied(world.tracked, changes, world.now)
      if (changes.publish) world.published.push(changes.publish)
    }
    return result
  }
  const providers: Providers = {
    async send(message) {
      const answer = answers[Math.min(world.messages.length, answers.length - 1)] ?? DELIVERED
      world.messages.push(message)
      await whileSending?.({ messages: world.messages, handle })
      if (answer === 'crash') throw new Error('The worker died')
      return answer
    },
    isIdempotent: () => isIdempotent,
  }
  let tokens = 0
  const deps: DeliverDeps = {
    revise,
    situate: createSituate({
      readPerson: async () => undefined,
      readCategory: async () => aCategory(),
      readStanding: async () => ({ suppressed: null, unsubscribed: new Set() }),
      readInboxMarks: async () => ({ seen: false, read: false }),
      judgeQuietHours: () => null,
      takeThrottle: async () => ({ outcome: 'allowed' }),
      readGathering: async () => null,
      now: () => world.now,
      ...situation,
    }),
    renderParts: createRenderParts({ readTemplate: async () => undefined, render: () => ({ outcome: 'no-parts' }) }),
    gather: async () => [],
    follow: async () => undefined,
    mailHeaders: () => (failingHeaders ? Promise.reject(new Error('No key')) : Promise.resolve({})),
    providers,
    sendTurns: async (turns) => void world.rearmed.push(...turns),
    leaseMs: LEASE_MS,
    newToken: () => `token-${++tokens}`,
    newId: () => 'digest',
    now: () => world.now,
    random: () => 0.5,
  }
  const deliver = createDeliver(deps)
  /** Handles the message of the channel's current turn, or of an earlier one. */
  async function handle(name: Channel = 'email', turn = channelOf(world.tracked, name).turn): Promise<Delivered> {
    const { tenant, id, priority } = world.tracked.notification
    const { dueAt } = channelOf(world.tracked, name)
    return deliver({ tenant, id, priority, channel: name, turn, dueAt, cause: CAUSE }, signal)
  }
  return Object.assign(world, { handle, channel: (name: Channel = 'email') => channelOf(world.tracked, name) })
}

function channelOf({ channels }: Tracked, name: Channel): ChannelState {
  const channel = channels.find((one) => one.channel === name)
  if (!channel) throw new Error(`There is no channel ${name}`)
  return channel
}

/** Returns a notification after changes, as the table would have it. */
export function applied(tracked: Tracked, changes: Changes, now: number): Tracked {
  const channels = tracked.channels.map(
    (channel) => changes.channels.find((one) => one.channel === channel.channel) ?? channel,
  )
  return { ...tracked, channels, summary: summaryAfter(tracked, changes, now) }
}
