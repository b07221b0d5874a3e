import { randomUUID } from 'node:crypto'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { type Socket, upgradeStatus } from '../support/socket.ts'
import { chatUsers, hasEvent, numbersOf, socketUrl } from './deployed.ts'

const message = (room: string, body: string) => ({ room, cid: randomUUID(), body })
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index)

/** @proves chat/ten-devices */
test('a message reaches the other member and the author’s other device, and its cid the author alone', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const [laptop, phone, other] = await Promise.all([ann.connect(), ann.connect(), bob.connect()])
  const sent = message(room, 'Hello')
  const ack = await laptop.send('send', sent)
  expect(ack).toMatchObject({ ok: true, dup: false })
  const frames = await Promise.all([laptop, phone, other].map((socket) => socket.awaitFrame(hasEvent(room, ack.seq))))
  const events = frames.map(({ events: all }) => all.find(({ seq }: { seq: number }) => seq === ack.seq))
  expect(events).toMatchObject(
    frames.map(() => ({ type: 'message', user: 'ann', body: 'Hello', ts: ack.ts, mentions: [], attachments: [] })),
  )
  expect(events.map(({ cid }) => cid)).toEqual([sent.cid, sent.cid, undefined])
})

test('a user who is added while connected gets the room from there on', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const socket = await bob.connect()
  const room = await ann.group([bob])
  await socket.awaitFrame(hasEvent(room, 2))
  const seq = await ann.say(room, 'Welcome')
  await socket.awaitFrame(hasEvent(room, seq))
  expect(numbersOf(socket, room)).toEqual([2, 3])
})

test('a client that was away gets what it missed before the answer to its resume', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const first = await bob.connect()
  const seen = await ann.say(room, 'You see this')
  await first.awaitFrame(hasEvent(room, seen))
  await first.close()
  const missed = await ann.say(room, 'You are away')
  const last = await ann.say(room, 'Still away')
  const second = await bob.connect()
  const ack = await second.send('resume', { rooms: { [room]: seen, nowhere: 3 } })
  expect(ack).toMatchObject({ ok: true })
  // Later frames may follow at once: the connection gets what is fanned out, too.
  const frames = second.frames.slice(
    0,
    second.frames.findIndex(({ t }) => t === 'ack'),
  )
  expect(numbersOf({ frames }, room)).toEqual(range(missed, last))
  expect(frames).toContainEqual({ t: 'resumed', room, head: last })
  expect(frames).toContainEqual({ t: 'removed', room: 'nowhere', seq: 0 })
})

test('a resume from above the head is limited', async () => {
  const [ann] = await chatUsers('ann')
  const room = await ann.group([])
  const socket = await ann.connect()
  expect(await socket.send('resume', { rooms: { [room]: 99 } })).toMatchObject({ ok: true })
  expect(socket.frames).toContainEqual({ t: 'resumed', room, head: 1, floor: 1, limited: true })
})

/** @proves chat/removed-sees-nothing */
test('a removed member is told, and gets nothing of the room from there on, but of others', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const [room, other] = await Promise.all([ann.group([bob]), ann.group([bob])])
  const [own, socket] = await Promise.all([ann.connect(), bob.connect()])
  await ann.say(room, 'Bob is here')
  answered(204, await ann.call(`DELETE /v1/rooms/${room}/members/bob`))
  const later = await ann.say(room, 'Bob is gone')
  const removal = await socket.awaitFrame(({ t, room: id }) => t === 'removed' && id === room)
  expect(removal).toEqual({ t: 'removed', room, seq: later - 1 })
  const elsewhere = await ann.say(other, 'Bob still is here')
  await Promise.all([own.awaitFrame(hasEvent(room, later)), socket.awaitFrame(hasEvent(other, elsewhere))])
  expect(numbersOf(socket, room).filter((seq) => seq >= removal.seq)).toEqual([])
  expect(await socket.send('send', message(room, 'Let me in'))).toMatchObject({ ok: false, code: 'NOT_MEMBER' })
})

/** @proves chat/dead-connection-harmless */
test('a connection that was cut keeps no message from the others', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const socket = await ann.connect()
  expect(await upgradeStatus(socketUrl, await bob.ticket())).toBe(101)
  const seq = await ann.say(room, 'Is anybody there?')
  await socket.awaitFrame(hasEvent(room, seq))
  expect(numbersOf(socket, room).at(-1)).toBe(seq)
})

/** @proves chat/ticket-once */
test('a ticket opens one connection', async () => {
  const [ann] = await chatUsers('ann')
  const ticket = await ann.ticket()
  expect(await upgradeStatus(socketUrl, ticket)).toBe(101)
  expect(await upgradeStatus(socketUrl, ticket)).toBe(403)
  expect(await upgradeStatus(socketUrl, 'x'.repeat(43))).toBe(403)
})

test('those who watch a room see who types and what is read, and a ping answers its head', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const [own, socket] = await Promise.all([ann.connect(), bob.connect()])
  expect(await own.send('watch', { rooms: [room] })).toMatchObject({ ok: true })
  const seq = await ann.say(room, 'Hello')
  expect(await socket.send('typing', { room })).toMatchObject({ ok: true })
  expect(await socket.send('read', { room, seq })).toMatchObject({ ok: true, seq })
  await own.awaitFrame(({ t, user }) => t === 'typing' && user === 'bob')
  expect(await own.awaitFrame(({ t }) => t === 'read')).toEqual({ t: 'read', room, user: 'bob', seq })
  expect(await own.send('ping')).toMatchObject({ ok: true, heads: { [room]: seq } })
  expect(await own.send('watch', { rooms: ['nowhere'] })).toMatchObject({ ok: false, code: 'NOT_MEMBER' })
})

/** @proves chat/ten-devices */
test('an eleventh device closes the oldest', async () => {
  const [ann] = await chatUsers('ann')
  const oldest = await ann.connect()
  const others = []
  for (let count = 0; count < 9; count++) others.push(await ann.connect())
  expect(await oldest.send('ping')).toMatchObject({ ok: true })
  await ann.connect()
  await oldest.closed
  expect(await Promise.all(others.map((socket) => socket.send('ping')))).toMatchObject(others.map(() => ({ ok: true })))
})

test('those who watch a room see who comes and goes', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const own = await ann.connect()
  expect(await own.send('watch', { rooms: [room] })).toMatchObject({ ok: true })
  const socket = await bob.connect()
  const presence = { t: 'presence', room, user: 'bob' }
  expect(await own.awaitFrame(({ t, online }) => t === 'presence' && online)).toEqual({ ...presence, online: true })
  const members = async () => (await ann.call(`GET /v1/rooms/${room}/members`)).json.items
  // Ann's own presence is checked apart from Bob's.
  await eventually(async () =>
    expect(await members()).toMatchObject([
      { user: 'ann', online: true },
      { user: 'bob', online: true, read: 2 },
    ]),
  )
  await socket.close()
  expect(await own.awaitFrame(({ t, online }) => t === 'presence' && !online)).toEqual({ ...presence, online: false })
  expect(await members()).toMatchObject([{ online: true }, { online: false }])
})

/** @proves chat/one-order */
test('many messages of both come to both in one gap-free order', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const sockets = await Promise.all([ann.connect(), bob.connect()])
  const acks = await Promise.all(
    sockets.flatMap((socket) => range(1, 8).map((number) => socket.send('send', message(room, `Number ${number}`)))),
  )
  const acked = acks.filter(({ ok }) => ok).map(({ seq }) => seq)
  expect(acks.filter(({ ok, code }) => !ok && code !== 'CONFLICT_RETRY')).toEqual([])
  const last = Math.max(...acked)
  for (const socket of sockets) {
    await socket.awaitFrame(hasEvent(room, last))
    expect(numbersOf(socket, room).filter((seq) => seq > 2)).toEqual(range(3, last))
  }
})

test('a hundred connections of one room get every message, in order', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `user-${index}`)
  const [owner, ...others] = await chatUsers(...names)
  if (!owner) throw new Error('There is no user.')
  const room = await owner.group(others)
  const users = [owner, ...others]
  const sockets: Socket[] = []
  for (let device = 0; device < 10; device++) {
    sockets.push(...(await Promise.all(users.map((user) => user.connect()))))
  }
  let last = 0
  for (const user of users) {
    const body = { cid: randomUUID(), body: `From ${user.user}` }
    last = answered(201, await user.call(`POST /v1/rooms/${room}/messages`, body)).json.seq
  }
  await Promise.all(sockets.map((socket) => socket.awaitFrame(hasEvent(room, last))))
  for (const { frames } of sockets) {
    const seen = frames.flatMap((frame) => (frame.t === 'events' && frame.room === room ? frame.events : []))
    const firsts = [...new Set(seen.map(({ seq }: { seq: number }) => seq))]
    expect(firsts.filter((seq) => seq > last - users.length)).toEqual(range(last - users.length + 1, last))
  }
})
