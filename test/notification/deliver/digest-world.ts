import { createCancel } from '../../../functions/notification/cancel/cancel.ts'
import { createDeliver } from '../../../functions/notification/deliver/deliver.ts'
import { createFollow } from '../../../functions/notification/deliver/follow.ts'
import { createGather } from '../../../functions/notification/deliver/gather.ts'
import { createReadGathering } from '../../../functions/notification/deliver/read-gathering.ts'
import { createRenderParts } from '../../../functions/notification/deliver/render-parts.ts'
import { createSituate, type SituateDeps } from '../../../functions/notification/deliver/situate.ts'
import type { Turn } from '../../../functions/notification/deliver/turn.ts'
import type { DigestRule } from '../../../functions/notification/domain/category.ts'
import { announced } from '../../../functions/notification/domain/digest.ts'
import type { Changes, Revise } from '../../../functions/notification/domain/moves.ts'
import type { ChannelState, Tracked } from '../../../functions/notification/domain/notification.ts'
import type { OutgoingMessage, Providers, Sent } from '../../../functions/notification/domain/provider.ts'
import { afterReceipt } from '../../../functions/notification/domain/receipt.ts'
import type { Template } from '../../../functions/notification/domain/template.ts'
import { nameOf } from '../../../functions/notification/domain/window.ts'
import { createReplay } from '../../../functions/notification/replay-worker.ts'
import { renderTemplate } from '../../../functions/notification/templates/render.ts'
import { aCategory, aNotification, aPerson, CAUSE } from '../notifications.ts'
import { applied, DELIVERED, LEASE_MS } from './deliver-world.ts'

const { signal } = new AbortController()

/** The time for which a worker runs, in milliseconds. */
const TIMEOUT_MS = LEASE_MS - 1000

export const NEWS: Template = {
  name: 'news',
  version: 1,
  digest: true,
  locales: { '': { email: { subject: '{{count}} news', text: '{{#items}}[{{title}}]{{/items}}' } } },
}

/** The recipient of all notifications, unless a test has another one. */
export const ANN = aPerson({ email: 'ann@example.com' })

export interface DigestWorldOptions extends Partial<SituateDeps> {
  rule?: DigestRule
  templates?: readonly Template[]
  /** Waits wherever others may go ahead. */
  pause?: () => Promise<void>
  /** Decides whether a worker dies here. */
  dies?: () => boolean
  answer?: (message: OutgoingMessage) => Sent
}

type Given = NonNullable<Parameters<typeof aNotification>[0]>

/** Notifications in memory that change as the table has them change, and workers whose order and death a test decides. */
export function digestWorld(options: DigestWorldOptions = {}) {
  const {
    rule = { windowSeconds: 60, maxItems: 10 },
    templates = [NEWS],
    answer = () => DELIVERED,
    pause = async () => undefined,
    dies = () => false,
    ...situation
  } = options
  const all = new Map<string, Tracked>()
  const windows = new Map<string, string>()
  const world = {
    now: 0,
    /** Workers that died, or ran out of time. */
    deaths: 0,
    /** Messages that wait, in the order in which they were sent. */
    queue: [] as Turn[],
    messages: [] as OutgoingMessage[],
    published: [] as (readonly [id: string, outcome: string])[],
  }
  const ends = new WeakMap<AbortSignal, number>()
  const crash = (worker: AbortSignal) => {
    if (!dies() && world.now < (ends.get(worker) ?? Number.POSITIVE_INFINITY)) return
    world.deaths += 1
    throw new Error('The worker died')
  }

  function put(tracked: Tracked, before?: Tracked): void {
    const { tenant, id, priority } = tracked.notification
    all.set(id, tracked)
    for (const { channel, turn, dueAt } of tracked.channels) {
      if (before?.channels.find((one) => one.channel === channel)?.turn === turn) continue
      world.queue.push({ tenant, id, priority, channel, turn, dueAt, cause: CAUSE })
    }
  }

  /** Makes the window's part of a change; false if its condition fails. */
  function join({ join: part }: Changes): boolean {
    if (!part) return true
    if (part.kind === 'opens') {
      const name = nameOf(part.scope)
      if ((windows.get(name) ?? null) !== part.after) return false
      windows.set(name, part.digest.notification.id)
      put(part.digest)
      return true
    }
    const digest = all.get(part.digest.id)
    const channel = digest?.channels[0]
    const { turn } = part.seen
    const { items = [] } = channel ?? {}
    const hasRoom = part.wakeAt === null ? items.length < part.maxItems - 1 : items.length === part.maxItems - 1
    if (!digest || channel?.status !== 'scheduled' || channel.turn !== turn || !hasRoom) return false
    const after: ChannelState = { ...channel, items: [...items, part.item] }
    const full = part.wakeAt === null ? after : { ...after, dueAt: part.wakeAt, turn: turn + 1 }
    put({ ...digest, channels: [full] }, digest)
    return true
  }

  /** Makes the digest's part of a change by which an item leaves it; false if somebody has claimed it since. */
  function leave({ leave: part }: Changes): boolean {
    if (!part) return true
    const digest = all.get(part.digest.id)
    if (digest?.channels[0]?.attempts !== part.seen.attempts) return false
    all.set(part.digest.id, { ...digest })
    return true
  }

  const revise: Revise = async ({ id, decide }, worker) => {
    for (;;) {
      const before = all.get(id.id)
      if (!before) return undefined
      const { changes: decided, result } = await decide(before)
      if (!decided) return result
      await pause()
      crash(worker)
      if (all.get(id.id) !== before || !join(decided)) continue
      if (!leave(decided)) return undefined
      const changes = announced(before, decided, world.now)
      put(applied(before, changes, world.now), before)
      if (changes.publish) world.published.push([id.id, changes.publish.outcome])
      await pause()
      crash(worker)
      return result
    }
  }

  const now = () => world.now
  const readTemplate = async ({ name, version }: { name: string; version?: number }) =>
    templates.find((one) => one.name === name && one.version === (version ?? 1))
  const renderParts = createRenderParts({ readTemplate, render: renderTemplate })
  const readInboxMarks = options.readInboxMarks ?? (async () => ({ seen: false, read: false }))
  const readPerson = options.readPerson ?? (async () => ANN)
  const providers: Providers = {
    async send(message, worker) {
      world.messages.push(message)
      await pause()
      crash(worker)
      return answer(message)
    },
    isIdempotent: () => false,
  }
  const replay = createReplay({
    async readEndpoint({ tenant, endpointId }) {
      const person = await readPerson({ tenant, userId: 'ann' }, signal)
      const found = person?.endpoints.find(({ id }) => id === endpointId)
      return found && { ...found, tenant, updatedAt: 0 }
    },
    readNotification: async ({ id }) => all.get(id),
    ...{ revise, readPerson, renderParts, providers, now },
  })
  let ids = 0
  const deliver = createDeliver({
    revise,
    situate: createSituate({
      readCategory: async () => aCategory({ digest: rule }),
      readStanding: async () => ({ suppressed: null, unsubscribed: new Set() }),
      judgeQuietHours: () => null,
      takeThrottle: async () => ({ outcome: 'allowed' }),
      readGathering: createReadGathering({
        async readWindow(scope) {
          const digestId = windows.get(nameOf(scope))
          await pause()
          return digestId === undefined ? undefined : { digestId, digest: all.get(digestId) }
        },
        ...{ readTemplate, renderParts, now },
      }),
      now,
      ...situation,
      readInboxMarks,
      readPerson,
    }),
    renderParts,
    gather: createGather({ revise, readInboxMarks, now }),
    follow: createFollow({ revise, now }),
    mailHeaders: async () => ({}),
    providers,
    sendTurns: async (turns) => void world.queue.push(...turns),
    leaseMs: LEASE_MS,
    newToken: () => `token-${++ids}`,
    newId: () => `digest-${++ids}`,
    now,
    random: () => 0.5,
  })
  const cancel = createCancel({ revise, now })

  const channelOf = (id: string): ChannelState => {
    const channel = all.get(id)?.channels[0]
    if (!channel) throw new Error(`There is no notification ${id}`)
    return channel
  }
  return Object.assign(world, {
    /** Handles a message, with a worker that is ended when its time is over. */
    deliver(turn: Turn) {
      const worker = new AbortController().signal
      ends.set(worker, world.now + TIMEOUT_MS)
      return deliver(turn, worker)
    },
    /** Sends the webhook of a digest once more. */
    replay: (notificationId: string, endpointId: string) =>
      replay({ kind: 'replay', tenant: 'acme', notificationId, endpointId, cause: CAUSE }, signal),
    /** Loses a notification, as if it had expired. */
    lose: (id: string) => all.delete(id),
    cancel: (id: string) => cancel({ id: { tenant: 'acme', id } }, signal),
    channel: channelOf,
    digests: () => [...all.values()].filter(({ notification }) => notification.isDigest),
    ids: () => [...all.keys()],
    /** Accepts a notification with the digest's template, or with a version of it. */
    accept(id: string, { version, ...given }: Given & { version?: number } = {}) {
      const source = { template: 'news' } as const
      const tracked = aNotification({
        id,
        now: world.now,
        to: { userId: 'ann' },
        source,
        data: { title: id },
        ...given,
      })
      const versioned = version !== undefined && { source: { template: { name: 'news', version } } }
      put({ ...tracked, notification: { ...tracked.notification, ...versioned } })
    },
    /** Handles one message after the other, all that are due, and lets the clock go on until the end. */
    async run(until = Number.POSITIVE_INFINITY) {
      for (;;) {
        const next = world.queue.reduce<Turn | undefined>((a, b) => (a && a.dueAt <= b.dueAt ? a : b), undefined)
        if (!next || next.dueAt > until) break
        world.queue.splice(world.queue.indexOf(next), 1)
        world.now = Math.max(world.now, next.dueAt)
        await deliver(next, signal)
      }
      if (Number.isFinite(until)) world.now = Math.max(world.now, until)
    },
    /** Handles what a provider tells later of a digest. */
    async receive(kind: 'delivered' | 'bounced') {
      const [digest] = [...all.values()].filter(({ notification }) => notification.isDigest)
      if (!digest) throw new Error('There is no digest')
      const { tenant, id } = digest.notification
      const receipt = {
        tenant,
        notificationId: id,
        channel: 'email',
        endpointId: 'default',
        kind,
        at: world.now,
      } as const
      const decide = ({ channels: [channel] }: Tracked) => ({
        changes: channel ? afterReceipt(channel, { ...receipt, detail: kind }, world.now) : null,
        result: undefined,
      })
      await revise({ id: { tenant, id }, decide }, signal)
    },
  })
}

/** Returns the messages that were sent, each as `<subject>: <text>`. */
export function textsOf({ messages }: { messages: readonly OutgoingMessage[] }): string[] {
  return messages.map(({ parts }) => `${parts.subject}: ${parts.text}`)
}

/** Returns the outcome of the rule about digests. */
export function ruleOf(rules: readonly { rule: string; outcome: string }[]): string | undefined {
  return rules.find(({ rule }) => rule === 'digest')?.outcome
}
