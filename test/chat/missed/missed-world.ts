import { type NotifyLevel, newMember } from '../../../functions/chat/domain/member.ts'
import type { Message } from '../../../functions/chat/domain/message.ts'
import type { LastNotified, MissedCheck } from '../../../functions/chat/domain/missed.ts'
import type { Room } from '../../../functions/chat/domain/room.ts'
import { type CheckMissedDeps, createCheckMissed } from '../../../functions/chat/missed/check-missed.ts'
import { createFindUsers } from '../../../functions/chat/missed/find-users.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { CAUSE } from '../cause.ts'
import { aRoom } from '../room-events.ts'

const { signal } = new AbortController()
const ID = { tenant: 'acme', room: 'room-1' }
const SEQ = 9

/** A message of ann in a room, in memory, and what its members were notified of. */
export function missedWorld({ room = {}, mentions = [] }: { room?: Partial<Room>; mentions?: string[] } = {}) {
  const clock = fakeClock()
  const sentAt = clock.now()
  const message: Message = {
    ...{ seq: SEQ, at: sentAt, user: 'ann', body: 'Hi', editedAt: null, deleted: null, threadRoot: null },
    ...{ attachments: [], mentions, reactions: {}, edits: [] },
  }
  const members = new Map([['ann', newMember('ann', { joined: 1 })]])
  const seen = new Map<string, number[]>()
  const notified = new Map<string, LastNotified>()
  const events: string[][] = []
  const later: { check: MissedCheck; delayMs: number }[] = []
  const read = { members: 0, users: [] as string[] }
  const state: { message: Message | undefined; room: Room } = { message, room: aRoom({ head: SEQ, ...room }) }
  const hooks: { beforeNotify?: () => void } = {}

  const deps: CheckMissedDeps = {
    readRoom: async () => state.room,
    readMessage: async () => state.message,
    findUsers: createFindUsers({
      async readMembers({ after, limit }) {
        const all = [...members.values()].sort((a, b) => (a.user < b.user ? -1 : 1))
        const rest = all.filter(({ user }) => after === undefined || user > after)
        const page = rest.slice(0, limit)
        read.members += page.length
        const last = page.at(-1)
        return { members: page, ...(rest.length > limit && last && { next: last.user }) }
      },
      listListeners: async () => [...members.values()].filter(({ notify }) => notify === 'all').map(({ user }) => user),
    }),
    async readNotified(_, users) {
      read.users.push(...users)
      return users.flatMap((user) => {
        const member = members.get(user)
        return member ? [{ member, notified: notified.get(user) }] : []
      })
    },
    listConnections: async ({ user }) =>
      (seen.get(user) ?? []).map((seenAt, index) => ({
        ...{ tenant: 'acme', user, connectionId: `${user}-${index}`, connectedAt: 0, watched: [] },
        seenAt,
      })),
    async notify({ users, now, message: { seq } }) {
      hooks.beforeNotify?.()
      const isFree = users.every((user) => {
        const before = notified.get(user)
        return !before || (before.seq < seq && before.at <= now - 60_000)
      })
      if (!isFree) return 'refused'
      for (const user of users) notified.set(user, { seq, at: now })
      events.push([...users])
      return 'notified'
    },
    async checkLater(checks, delayMs) {
      later.push(...checks.map((check) => ({ check, delayMs })))
    },
    now: clock.now,
  }
  const { correlationId, traceparent } = CAUSE
  const first: MissedCheck = { id: ID, seq: SEQ, cause: { correlationId, traceparent } }
  return {
    sentAt,
    clock,
    events,
    later,
    members,
    read,
    state,
    notified,
    hooks,
    /** Adds a member, who has connections that were last seen so many milliseconds before the message. */
    join(
      user: string,
      { seenBefore = [] as number[], notify = null as NotifyLevel | null, readUpTo = 1, joined = 1 } = {},
    ) {
      members.set(user, { ...newMember(user, { joined }), read: readUpTo, notify })
      seen.set(
        user,
        seenBefore.map((ms) => sentAt - ms),
      )
    },
    /** Lets a user's connections send a `ping`, so many milliseconds after the message. */
    ping: (user: string, ms: number) => void seen.set(user, [sentAt + ms]),
    check: (check: MissedCheck = first, overrides: Partial<CheckMissedDeps> = {}) =>
      createCheckMissed({ ...deps, ...overrides })(check, signal),
    /** Runs the checks that were asked for, when they are due. */
    async checkAll(ms: number) {
      clock.set(sentAt + ms)
      for (const { check } of later.splice(0)) await createCheckMissed(deps)(check, signal)
    },
  }
}
