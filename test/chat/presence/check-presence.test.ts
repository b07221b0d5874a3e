import type { ConnectionRecord } from '../../../functions/chat/domain/live-connection.ts'
import { newMember } from '../../../functions/chat/domain/member.ts'
import type { Presence, PresenceCheck } from '../../../functions/chat/domain/presence.ts'
import type { Room } from '../../../functions/chat/domain/room.ts'
import { readPresenceCheck } from '../../../functions/chat/presence/check-message.ts'
import { createCheckPresence } from '../../../functions/chat/presence/check-presence.ts'
import { createNotifyWatchers } from '../../../functions/chat/presence/notify-watchers.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { aRoom } from '../room-events.ts'

const { signal } = new AbortController()
const ann = { tenant: 'acme', user: 'ann' }

/** Ann's connections and presence in memory, and what watchers were notified of. */
function presenceWorld() {
  const clock = fakeClock()
  const records = new Map<string, ConnectionRecord>()
  const notified: boolean[] = []
  const later: [PresenceCheck, number][] = []
  /** Each runs once. */
  const hooks: {
    /** Runs before the frames of a check are sent. */
    onNotify?: () => Promise<unknown>
    beforeRemove?: () => void
    afterRead?: () => Promise<unknown>
    afterList?: () => Promise<unknown>
  } = {}
  let presence: Presence | undefined
  function run(name: keyof typeof hooks) {
    const hook = hooks[name]
    delete hooks[name]
    return hook?.()
  }
  const check = createCheckPresence({
    async list() {
      const listed = [...records.values()]
      await run('afterList')
      return listed
    },
    async markVanished({ connectionId, seenAt }) {
      run('beforeRemove')
      const record = records.get(connectionId)
      if (record?.seenAt !== seenAt) return record === undefined
      records.set(connectionId, { ...record, vanished: true })
      return true
    },
    async readPresence() {
      const read = presence
      await run('afterRead')
      return read
    },
    async writePresence({ before, after }) {
      if (before?.revision !== presence?.revision) return false
      presence = after
      return true
    },
    async notifyWatchers({ online }) {
      await run('onNotify')
      notified.push(online)
    },
    async checkLater(asked, delayMs) {
      later.push([asked, delayMs])
    },
    now: clock.now,
  })
  return {
    clock,
    notified,
    later,
    hooks,
    records,
    seen(connectionId: string) {
      records.set(connectionId, { ...ann, connectionId, connectedAt: 0, seenAt: clock.now(), watched: [] })
    },
    check: (connectionId?: string) => check({ ...ann, connectionId }, signal),
  }
}

/** A user whose watchers were notified of the presence, and whose only connection is gone since. */
async function absentUser() {
  const world = presenceWorld()
  world.seen('c1')
  await world.check('c1')
  world.records.delete('c1')
  return world
}

test('a user with a connection is online, and watchers are notified once, however many connections there are', async () => {
  const world = presenceWorld()
  world.seen('c1')
  expect(await world.check('c1')).toBe('online')
  world.seen('c2')
  expect(await world.check('c2')).toBe('unchanged')
  expect(world.notified).toEqual([true])
})

test('a user is offline without the last connection', async () => {
  const world = presenceWorld()
  world.seen('c1')
  world.seen('c2')
  await world.check('c1')
  world.records.delete('c1')
  expect(await world.check()).toBe('unchanged')
  world.records.delete('c2')
  expect(await world.check()).toBe('offline')
  expect(world.notified).toEqual([true, false])
})

test('nobody is notified of a user who was never online', async () => {
  const world = presenceWorld()
  expect(await world.check()).toBe('unchanged')
  expect(world.notified).toEqual([])
})

test('a connection that lives is checked again when it would have vanished, and one that is closed is not', async () => {
  const world = presenceWorld()
  world.seen('c1')
  world.clock.set(world.clock.now() + 30_000)
  world.seen('c2')
  await world.check('c1')
  await world.check('c3')
  await world.check()
  expect(world.later).toEqual([[{ ...ann, connectionId: 'c1' }, 90_000]])
})

/** @proves chat/silent-is-offline */
test('a client that was silent for 2 minutes has vanished', async () => {
  const world = presenceWorld()
  world.seen('c1')
  await world.check('c1')
  world.clock.set(world.clock.now() + 119_999)
  expect(await world.check('c1')).toBe('unchanged')
  world.clock.set(world.clock.now() + 1)
  expect(await world.check('c1')).toBe('offline')
  expect([...world.records.values()]).toMatchObject([{ vanished: true }])
  expect(world.notified).toEqual([true, false])
  expect(world.later.map(([, delayMs]) => delayMs)).toEqual([120_000, 1])
})

test('a client that sends a ping just before it is forgotten stays online', async () => {
  const world = presenceWorld()
  world.seen('c1')
  await world.check('c1')
  world.clock.set(world.clock.now() + 120_000)
  world.hooks.beforeRemove = () => world.seen('c1')
  expect(await world.check('c1')).toBe('unchanged')
  expect(world.notified).toEqual([true])
})

test('a check that dies before all frames were sent sends them again', async () => {
  const world = presenceWorld()
  world.seen('c1')
  world.hooks.onNotify = () => {
    throw new Error('killed')
  }
  await expect(world.check('c1')).rejects.toThrow('killed')
  expect(await world.check('c1')).toBe('online')
  expect(world.notified).toEqual([true])
})

/** @proves chat/silent-is-offline */
test('of two checks that find the same change one sends it', async () => {
  const world = presenceWorld()
  world.seen('c1')
  world.hooks.afterRead = () => {
    return world.check()
  }
  expect(await world.check()).toBe('unchanged')
  expect(world.notified).toEqual([true])
})

/** @proves chat/silent-is-offline */
test('a check whose frames come after those of a later one sends what holds in the end', async () => {
  const world = presenceWorld()
  world.seen('c1')
  world.hooks.onNotify = () => {
    world.records.delete('c1')
    return world.check()
  }
  expect(await world.check('c1')).toBe('offline')
  expect(world.notified).toEqual([false, true, false])
  expect(world.later).toEqual([])
})

/** @proves chat/silent-is-offline */
test('a user who comes back while watchers are notified of the absence is online in the end', async () => {
  const world = await absentUser()
  world.hooks.onNotify = () => {
    world.seen('c2')
    return world.check('c2')
  }
  expect(await world.check()).toBe('online')
  expect(world.notified).toEqual([true, true, false, true])
})

/** @proves chat/silent-is-offline */
test('a user who comes back unnoticed, just before the absence is stored, is online in the end', async () => {
  const world = await absentUser()
  world.hooks.afterList = async () => {
    world.seen('c2')
    expect(await world.check('c2')).toBe('unchanged')
  }
  expect(await world.check()).toBe('online')
  expect(world.notified).toEqual([true, false, true])
})

test('a check that finds a change while its own is stored sends nothing that no longer holds', async () => {
  const world = await absentUser()
  world.hooks.afterList = async () => {
    await world.check()
    world.seen('c2')
    await world.check('c2')
  }
  expect(await world.check()).toBe('unchanged')
  expect(world.notified).toEqual([true, false, true])
})

test('presence is sent to the others who watch the user’s rooms, of up to 100 members', async () => {
  const rooms: Record<string, Partial<Room>> = {
    small: { members: 100 },
    large: { members: 101 },
    deleted: { deletedAt: 1 },
  }
  const posted: unknown[] = []
  const notifyWatchers = createNotifyWatchers({
    listMemberships: async () => Object.keys(rooms),
    readRoomStates: async () =>
      new Map(
        Object.entries(rooms).map(([id, room]) => [
          id,
          { room: aRoom({ id, ...room }), member: newMember('ann', { joined: 1 }), departure: undefined },
        ]),
      ),
    listWatchers: async () => [
      { connectionId: 'bob-1', user: 'bob' },
      { connectionId: 'ann-1', user: 'ann' },
    ],
    async postToAll({ frame, watchers }) {
      posted.push([frame, watchers.map(({ connectionId }) => connectionId)])
    },
  })
  await notifyWatchers({ ...ann, online: true }, signal)
  expect(posted).toEqual([[{ t: 'presence', room: 'small', user: 'ann', online: true }, ['bob-1']]])
})

test('a message is read as it was written, and one with wrong fields is refused', () => {
  expect(readPresenceCheck({ ...ann, connectionId: 'c1' })).toEqual({ ...ann, connectionId: 'c1' })
  expect(readPresenceCheck(ann)).toEqual(ann)
  expect(() => readPresenceCheck({ tenant: 'acme' })).toThrow('user')
})
