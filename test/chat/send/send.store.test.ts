import { messageActions } from '../../../functions/chat/send/actions.ts'
import { deleteMessage } from '../../../functions/chat/send/delete-message.ts'
import { editMessage } from '../../../functions/chat/send/edit-message.ts'
import { react } from '../../../functions/chat/send/react.ts'
import { sendMessage } from '../../../functions/chat/send/send-message.ts'
import { socketContext } from '../../support/socket-events.ts'
import { chatApi } from '../chat-api.ts'

const { call, tenant, tenantOf, store, commit, log } = await chatApi()
const actions = messageActions({
  send: sendMessage({ commit, ...store.uploads }),
  edit: editMessage(commit),
  remove: deleteMessage(commit),
  react: react(commit),
})

let frames = 0
const act = (user: string, action: string, fields: Record<string, unknown>) => {
  const run = actions[action]
  if (!run) throw new Error(`There is no action ${action}`)
  return run({ id: ++frames, action, fields }, socketContext({ tenant, user }))
}
const committed = (seq: number, dup = false) => ({ ok: true, seq, ts: expect.stringMatching(/Z$/), dup })

const group = async (...members: string[]) => {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea' } })
  for (const user of members)
    await call('ann', `PUT /v1/rooms/${json.id}/members/${user}`, { body: { role: 'member' } })
  return json.id as string
}

test('a message sent over HTTP and repeated over WebSocket is one message, whoever was muted since', async () => {
  const room = await group('bob')
  const body = { cid: 'c1', body: 'Cafe\u0301', mentions: ['ann', 'ann'] }
  const sent = await call('bob', `POST /v1/rooms/${room}/messages`, { body })
  expect(sent).toMatchObject({ status: 201, json: { seq: 3, ts: expect.stringMatching(/Z$/), dup: false } })
  await call('ann', `PUT /v1/rooms/${room}/members/bob`, { body: { role: 'member', muted: true } })
  expect(await act('bob', 'send', { room, ...body })).toEqual({ ...committed(3, true), ts: sent.json.ts })
  const again = await call('bob', `POST /v1/rooms/${room}/messages`, { body })
  expect(again).toMatchObject({ status: 200, json: { ...sent.json, dup: true } })
  const muted = await call('bob', `POST /v1/rooms/${room}/messages`, { body: { ...body, cid: 'c2' } })
  expect(muted).toMatchObject({ status: 403, json: { code: 'muted' } })
  expect(await act('bob', 'send', { room, ...body, cid: 'c2' })).toMatchObject({ ok: false, code: 'MUTED' })
  await call('ann', `DELETE /v1/rooms/${room}/members/bob`)
  expect(await act('bob', 'send', { room, ...body })).toMatchObject(committed(3, true))
  expect(await act('bob', 'send', { room, ...body, cid: 'c2' })).toMatchObject({ ok: false, code: 'NOT_MEMBER' })
  expect(await act('bob', 'send', { room, ...body, body: 'Tea' })).toMatchObject({ ok: false, code: 'CONFLICT' })
  const events = await log({ tenant, room })
  expect(events.filter(({ type }) => type === 'message')).toMatchObject([{ body: 'Caf\u00e9', mentions: ['ann'] }])
})

test.each([
  ['removed', (room: string) => call('ann', `DELETE /v1/rooms/${room}/members/bob`)],
  ['banned', (room: string) => call('ann', `PUT /v1/rooms/${room}/bans/bob`)],
  [
    'muted',
    (room: string) => call('ann', `PUT /v1/rooms/${room}/members/bob`, { body: { role: 'member', muted: true } }),
  ],
])('a user who is %s while sending adds nothing afterwards, and each message is acknowledged truly', async (_, end) => {
  const room = await group('bob')
  const sends = Array.from({ length: 6 }, (_, index) => act('bob', 'send', { room, cid: `c${index}`, body: 'x' }))
  const ends = async () => {
    let status = 409
    for (let tries = 0; status === 409 && tries < 10; tries++) status = (await end(room)).status ?? 500
    return status
  }
  const [status, ...acks] = await Promise.all([ends(), ...sends])
  expect(status).toBeLessThan(300)
  const events = await log({ tenant, room })
  const numbers = events.filter(({ type, user }) => type === 'message' && user === 'bob').map(({ seq }) => seq)
  const ended = events.findLast(({ type }) => type === 'member')?.seq ?? 0
  expect(Math.max(0, ...numbers)).toBeLessThan(ended)
  expect(acks.flatMap((ack) => (ack.ok ? [Number(ack.seq)] : [])).sort((a, b) => a - b)).toEqual(numbers)
})

test('a refused commit leaves its cid free', async () => {
  const room = await group('bob')
  expect(await act('bob', 'send', { room, cid: 'c1', body: 'x', threadRoot: 99 })).toMatchObject({ code: 'INVALID' })
  expect(await act('bob', 'send', { room, cid: 'c1', body: 'y' })).toEqual(committed(3))
})

test('messages are edited, deleted and reacted to over WebSocket', async () => {
  const room = await group('bob')
  await act('bob', 'send', { room, cid: 'c1', body: 'Helo' })
  expect(await act('bob', 'edit', { room, cid: 'c2', target: 3, body: 'Hello' })).toEqual(committed(4))
  expect(await act('ann', 'react', { room, cid: 'c1', target: 3, emoji: '❤' })).toEqual(committed(5))
  expect(await act('ann', 'react', { room, cid: 'c2', target: 3, emoji: '❤\uFE0F' })).toEqual(committed(5, true))
  const reactions = async () => (await call('ann', `GET /v1/rooms/${room}/messages`)).json.items[0]
  expect(await reactions()).toMatchObject({ body: 'Hello', reactions: { '❤\uFE0F': 1 }, mine: ['❤\uFE0F'] })
  expect(await act('ann', 'react', { room, cid: 'c3', target: 3, emoji: '❤', remove: true })).toEqual(committed(6))
  expect(await reactions()).toMatchObject({ reactions: {}, mine: [] })
  expect(await act('ann', 'edit', { room, cid: 'c4', target: 3, body: 'x' })).toMatchObject({ code: 'FORBIDDEN' })
  expect(await act('ann', 'delete', { room, cid: 'c4', target: 3 })).toEqual(committed(7))
  expect(await act('bob', 'delete', { room, cid: 'c4', target: 3 })).toEqual(committed(7, true))
  expect(await act('bob', 'edit', { room, cid: 'c5', target: 3, body: 'x' })).toMatchObject({ code: 'CONFLICT' })
  expect(await act('bob', 'delete', { room, cid: 'c6', target: 1 })).toMatchObject({ code: 'NOT_FOUND' })
  const { json } = await call('bob', `GET /v1/rooms/${room}`)
  expect(json.lastMessage).toMatchObject({ seq: 3, body: null })
})

test('a blocked user can send, edit and react no more in the direct room, and others can', async () => {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'direct', with: 'eve' } })
  const room = json.id
  expect(await act('eve', 'send', { room, cid: 'c1', body: 'x' })).toEqual(committed(2))
  await call('ann', 'PUT /v1/blocks/eve')
  expect(await act('eve', 'send', { room, cid: 'c2', body: 'x' })).toMatchObject({ code: 'BLOCKED' })
  expect(await act('eve', 'edit', { room, cid: 'c2', target: 2, body: 'y' })).toMatchObject({ code: 'BLOCKED' })
  expect(await act('eve', 'react', { room, cid: 'c2', target: 2, emoji: '👍' })).toMatchObject({ code: 'BLOCKED' })
  const answer = await call('eve', `POST /v1/rooms/${room}/messages`, { body: { cid: 'c2', body: 'x' } })
  expect(answer).toMatchObject({ status: 403, json: { code: 'blocked' } })
  expect(await act('ann', 'send', { room, cid: 'c1', body: 'x' })).toEqual(committed(3))
  await call('ann', 'DELETE /v1/blocks/eve')
  expect(await act('eve', 'send', { room, cid: 'c2', body: 'x' })).toEqual(committed(4))
})

const refusing = group('bob')

test.each<[string, object, [status: number, code: string, ackCode: string]]>([
  ['no cid', { cid: undefined }, [422, 'invalid-input', 'INVALID']],
  ['a cid with a space', { cid: 'a b' }, [422, 'invalid-input', 'INVALID']],
  ['an empty text', { body: '' }, [422, 'invalid-input', 'INVALID']],
  ['nothing but white space', { body: ' \n\t\u00a0' }, [422, 'invalid-input', 'INVALID']],
  ['half of a surrogate pair', { body: 'a\ud83d' }, [422, 'invalid-input', 'INVALID']],
  ['a control character', { body: 'a\u0000' }, [422, 'invalid-input', 'INVALID']],
  ['too long a text', { body: 'é'.repeat(2049) }, [413, 'too-large', 'TOO_LARGE']],
  ['a text of no type', { body: 7 }, [422, 'invalid-input', 'INVALID']],
  ['too many mentions', { mentions: Array.from({ length: 51 }, () => 'bob') }, [422, 'invalid-input', 'INVALID']],
  [
    'too many attachments',
    { attachments: Array.from({ length: 11 }, (_, n) => `a${n}`) },
    [422, 'invalid-input', 'INVALID'],
  ],
  ['an attachment that nobody uploaded', { attachments: ['a1'] }, [404, 'not-found', 'NOT_FOUND']],
  ['an event that is no message as its root', { threadRoot: 1 }, [422, 'invalid-input', 'INVALID']],
  ['an unknown field', { colour: 'red' }, [422, 'invalid-input', 'INVALID']],
  ['a mention of all by a plain member', { mentions: ['all'] }, [403, 'forbidden', 'FORBIDDEN']],
])('a message with %s is refused alike over HTTP and WebSocket', async (_, fields, [status, code, ackCode]) => {
  const room = await refusing
  const message = { cid: 'c1', body: 'x', ...fields }
  expect(await call('bob', `POST /v1/rooms/${room}/messages`, { body: message })).toMatchObject({
    status,
    json: { code },
  })
  expect(await act('bob', 'send', { room, ...message })).toMatchObject({ ok: false, code: ackCode })
})

test('a text that is short enough in its stored form is accepted', async () => {
  const room = await group()
  expect(await act('ann', 'send', { room, cid: 'c1', body: 'e\u0301'.repeat(2048) })).toEqual(committed(2))
  const { json } = await call('ann', `GET /v1/rooms/${room}/messages`)
  expect(json.items[0].body).toBe('é'.repeat(2048))
})

test('nobody but its members learns that a room exists', async () => {
  const room = await group()
  const body = { cid: 'c1', body: 'x' }
  const refused = { status: 404, json: { code: 'not-member' } }
  expect(await call('eve', `POST /v1/rooms/${room}/messages`, { body })).toMatchObject(refused)
  expect(await call('eve', 'POST /v1/rooms/nowhere/messages', { body })).toMatchObject(refused)
  expect(await tenantOf('elsewhere')('ann', `POST /v1/rooms/${room}/messages`, { body })).toMatchObject(refused)
  for (const path of ['messages', 'events', 'threads/2']) {
    expect(await call('eve', `GET /v1/rooms/${room}/${path}`)).toMatchObject(refused)
  }
})
