import { randomUUID } from 'node:crypto'
import { objectKeyOf } from '../../functions/chat/domain/attachment.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { chatUsers, hasEvent } from './deployed.ts'
import { FILE, isStored, uploadTo } from './deployed-files.ts'

test('a file goes to S3 and comes from there, and is erased with its message', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const id = await uploadTo(room, ann)
  const [phone, other] = [await ann.connect(), await bob.connect()]
  const { seq, ...ack } = await phone.send('send', { room, cid: randomUUID(), body: 'Look', attachments: [id] })
  expect(ack).toMatchObject({ ok: true })
  const frame = await other.awaitFrame(hasEvent(room, seq))
  expect(frame.events).toContainEqual(expect.objectContaining({ seq, attachments: [{ id, ...FILE }] }))
  const { headers } = answered(302, await bob.call(`GET /v1/attachments/${id}`))
  const content = await fetch(headers.get('location') ?? '')
  expect([content.status, content.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(await content.text()).toBe('hello')

  const objectKey = objectKeyOf(ann, id)
  expect(await isStored(objectKey)).toBe(true)
  expect(await phone.send('delete', { room, cid: randomUUID(), target: seq })).toMatchObject({ ok: true })
  answered(404, await bob.call(`GET /v1/attachments/${id}`))
  await eventually(async () => expect(await isStored(objectKey)).toBe(false))
})
