import { attachmentId, objectKeyOf } from '../../../functions/chat/domain/attachment.ts'
import { deleteMessage } from '../../../functions/chat/send/delete-message.ts'
import { recordKey } from '../../../functions/chat/store/keys.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { ownBucket, postForm } from '../../support/own-bucket.ts'
import { CAUSE } from '../cause.ts'
import { chatApi } from '../chat-api.ts'

const files = await ownBucket()
const clock = { now: Date.now() }
const { call, tenant, tenantOf, itemAt, commit } = await chatApi({ loadFiles: async () => files, now: () => clock.now })

const group = async (...members: string[]) => {
  const { json } = await call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea', history: 'since-join' } })
  for (const user of members) {
    await call('ann', `PUT /v1/rooms/${json.id}/members/${user}`, { body: { role: 'member' } })
  }
  return json.id as string
}
const FILE = { name: 'Größe.txt', type: 'text/plain', size: 5 }

/** Begins an upload, and ends it unless there is no content. */
async function upload(
  user: string,
  room: string,
  { content = 'hello', type = FILE.type }: { content?: string | null; type?: string } = {},
) {
  const { status, json } = await call(user, `POST /v1/rooms/${room}/uploads`, { body: { ...FILE, type } })
  expect(status).toBe(201)
  if (content !== null) expect((await postForm(json.upload, content)).status).toBe(204)
  return json as { attachmentId: string; upload: { url: string; fields: Record<string, string> } }
}
let cids = 0
const sendAs = (cid: string, user: string) => (room: string, attachments: string[]) =>
  call(user, `POST /v1/rooms/${room}/messages`, { body: { cid, body: 'Look', attachments } })
const send = (user: string, room: string, attachments: string[]) => sendAs(`c${++cids}`, user)(room, attachments)
const open = (user: string, id: string) => call(user, `GET /v1/attachments/${id}`)
const NOT_FOUND = { status: 404, json: { code: 'not-found' } }

test('a file that was uploaded is shown with its message, and its content is where the redirect leads', async () => {
  const room = await group('bob')
  const { attachmentId: id } = await upload('ann', room)
  expect(await send('ann', room, [id, id])).toMatchObject({ status: 201, json: { seq: 3 } })
  const attachments = [{ id, ...FILE }]
  const { json } = await call('bob', `GET /v1/rooms/${room}/messages`)
  expect(json.items).toMatchObject([{ seq: 3, attachments }])
  const log = await call('bob', `GET /v1/rooms/${room}/events`, { query: 'after=2' })
  expect(log.json.items).toMatchObject([{ seq: 3, type: 'message', attachments }])
  const { status, headers } = await open('bob', id)
  expect(status).toBe(302)
  const content = await fetch(String(headers.location))
  expect(await content.text()).toBe('hello')
  expect(content.headers.get('content-disposition')).toBe(
    'attachment; filename="Gr__e.txt"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe.txt',
  )
})

test.each([
  ['image/png', 'inline'],
  ['video/mp4', 'inline'],
  ['image/svg+xml', 'attachment'],
  ['text/html', 'attachment'],
])('a browser gets %s as %s', async (type, disposition) => {
  const room = await group()
  const { attachmentId: id } = await upload('ann', room, { type })
  await send('ann', room, [id])
  const { headers } = await open('ann', id)
  const content = await fetch(String(headers.location))
  expect(content.headers.get('content-type')).toBe(type)
  expect(content.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`))
})

test('an upload is the sender’s own, of the same room, with content, and for one message', async () => {
  const [room, other] = [await group('bob'), await group()]
  const { attachmentId: unsent } = await upload('ann', room, { content: null })
  const { attachmentId: elsewhere } = await upload('ann', other)
  const { attachmentId: id } = await upload('ann', room)
  expect(await send('bob', room, [id])).toMatchObject(NOT_FOUND)
  expect(await send('ann', room, [unsent])).toMatchObject(NOT_FOUND)
  expect(await send('ann', room, [elsewhere])).toMatchObject(NOT_FOUND)
  expect(await send('ann', room, [attachmentId(room, 'made-up')])).toMatchObject(NOT_FOUND)
  expect(await send('ann', room, [id, unsent])).toMatchObject(NOT_FOUND)
  expect(await sendAs('same', 'ann')(room, [id])).toMatchObject({ status: 201 })
  expect(await sendAs('same', 'ann')(room, [id])).toMatchObject({ status: 200, json: { dup: true } })
  expect(await send('ann', room, [id])).toMatchObject(NOT_FOUND)
})

test('of two messages that take the same upload at the same moment, one gets it', async () => {
  const room = await group()
  for (let round = 0; round < 3; round++) {
    const { attachmentId: id } = await upload('ann', room)
    const sent = await Promise.all(Array.from({ length: 4 }, () => send('ann', room, [id])))
    expect(sent.map(({ status }) => status).sort()).toEqual([201, 404, 404, 404])
  }
})

test('an upload that is not sent within a day can’t be sent any more', async () => {
  const room = await group()
  const { attachmentId: id } = await upload('ann', room)
  clock.now += 24 * 3_600_000
  expect(await send('ann', room, [id])).toMatchObject(NOT_FOUND)
  const item = await itemAt(recordKey({ tenant, room }, { record: 'attachment', id }))
  expect(Number(item?.ttl?.N)).toBeLessThanOrEqual(Math.ceil(clock.now / 1000))
})

test('a message keeps its files: their records have no end', async () => {
  const room = await group()
  const { attachmentId: id } = await upload('ann', room)
  await send('ann', room, [id])
  expect((await itemAt(recordKey({ tenant, room }, { record: 'attachment', id })))?.ttl).toBeUndefined()
})

test('a file is gone with its message: nobody gets it any more, and its record, by which its content is erased', async () => {
  const room = await group('bob')
  const { attachmentId: id } = await upload('ann', room)
  const { json } = await send('ann', room, [id])
  const remove = deleteMessage(commit)
  const input = { tenant, room, user: 'ann', cid: 'delete', target: json.seq, cause: CAUSE }
  expect(await remove(input, new AbortController().signal)).toMatchObject({ outcome: 'committed' })
  expect(await open('bob', id)).toMatchObject(NOT_FOUND)
  expect(await itemAt(recordKey({ tenant, room }, { record: 'attachment', id }))).toBeUndefined()
  const { json: page } = await call('bob', `GET /v1/rooms/${room}/messages`)
  expect(page.items).toMatchObject([{ deleted: true, attachments: [] }])
})

test('a file is for members who may see its message', async () => {
  const room = await group('bob')
  const { attachmentId: id } = await upload('ann', room)
  expect(await open('ann', id)).toMatchObject(NOT_FOUND)
  await send('ann', room, [id])
  await call('ann', `PUT /v1/rooms/${room}/members/cleo`, { body: { role: 'member' } })
  expect(await open('bob', id)).toMatchObject({ status: 302 })
  expect(await open('cleo', id)).toMatchObject(NOT_FOUND)
  expect(await open('dan', id)).toMatchObject(NOT_FOUND)
  expect(await tenantOf('another')('ann', `GET /v1/attachments/${id}`)).toMatchObject(NOT_FOUND)
  await call('ann', `DELETE /v1/rooms/${room}/members/bob`)
  expect(await open('bob', id)).toMatchObject(NOT_FOUND)
})

test('content that its author replaced after sending is not served', async () => {
  const room = await group()
  const { attachmentId: id, upload: form } = await upload('ann', room)
  await send('ann', room, [id])
  expect((await postForm(form, 'other')).status).toBe(204)
  expect(await open('ann', id)).toMatchObject(NOT_FOUND)
  expect((await postForm(form, 'hello')).status).toBe(204)
  expect(await open('ann', id)).toMatchObject({ status: 302 })
  await files.delete(objectKeyOf({ tenant }, id))
  expect(await open('ann', id)).toMatchObject(NOT_FOUND)
})

test('neither a stranger nor a muted member can upload', async () => {
  const room = await group('bob')
  await call('ann', `PUT /v1/rooms/${room}/members/bob`, { body: { role: 'member', muted: true } })
  const begin = (user: string) => call(user, `POST /v1/rooms/${room}/uploads`, { body: FILE })
  expect(await begin('bob')).toMatchObject({ status: 403, json: { code: 'muted' } })
  expect(await begin('cleo')).toMatchObject({ status: 404, json: { code: 'not-member' } })
})

test.each<[string, object]>([
  ['more than 25 MB', { size: 25 * 1024 * 1024 + 1 }],
  ['nothing', { size: 0 }],
  ['a path for a name', { name: '../a.txt' }],
  ['a name of two lines', { name: 'a\nb' }],
  ['a long name', { name: 'ü'.repeat(128) }],
  ['a type with parameters', { type: 'text/plain; charset=utf-8' }],
  ['no type', { type: 'text' }],
  ['a type in capitals', { type: 'Text/plain' }],
])('no upload begins with %s', async (_, file) => {
  const room = await group()
  const { status, json } = await call('ann', `POST /v1/rooms/${room}/uploads`, { body: { ...FILE, ...file } })
  expect([status, json.code]).toEqual([422, 'invalid-input'])
})

test('while S3 is out of reach, a message with files can be sent again later, and others go on', async () => {
  let isDown = true
  const head: typeof files.head = (key, options) => {
    if (isDown) throw new AppError('dependency-failed', 's3 could not be reached', { retryable: true })
    return files.head(key, options)
  }
  const api = await chatApi({ loadFiles: async () => ({ ...files, head }) })
  const { json: room } = await api.call('ann', 'POST /v1/rooms', { body: { kind: 'group', name: 'Tea' } })
  const { json: begun } = await api.call('ann', `POST /v1/rooms/${room.id}/uploads`, { body: FILE })
  await postForm(begun.upload, 'hello')
  const post = (cid: string, attachments: string[]) =>
    api.call('ann', `POST /v1/rooms/${room.id}/messages`, { body: { cid, body: 'Look', attachments } })
  expect((await post('a', [begun.attachmentId])).status).toBe(503)
  expect((await post('b', [])).status).toBe(201)
  isDown = false
  expect((await post('a', [begun.attachmentId])).status).toBe(201)
})
