import { randomUUID } from 'node:crypto'
import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { objectKeyOf } from '../../functions/chat/domain/attachment.ts'
import { s3Client } from '../../tools/local-cloud/buckets.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { eventually } from '../support/eventually.ts'
import { answered } from '../support/http.ts'
import { postForm } from '../support/own-bucket.ts'
import { chatUsers, hasEvent } from './deployed.ts'

const FILE = { name: 'tea.png', type: 'image/png', size: 5 }
const s3 = s3Client(localCloud())
afterAll(() => s3.destroy())

async function bucketName(): Promise<string> {
  const resources = await stackResources(localCloud(), 'Chat')
  return resources.find(({ type }) => type === 'AWS::S3::Bucket')?.physicalId ?? ''
}

/** Tells if an object is stored. */
const isStored = async (Bucket: string, Key: string) =>
  s3.send(new HeadObjectCommand({ Bucket, Key })).then(
    () => true,
    () => false,
  )

test('a file goes to S3 and comes from there, and is erased with its message', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const room = await ann.group([bob])
  const { attachmentId: id, upload } = answered(201, await ann.call(`POST /v1/rooms/${room}/uploads`, FILE)).json
  expect((await postForm(upload, 'hello')).status).toBe(204)

  const [phone, other] = [await ann.connect(), await bob.connect()]
  const { seq, ...ack } = await phone.send('send', { room, cid: randomUUID(), body: 'Look', attachments: [id] })
  expect(ack).toMatchObject({ ok: true })
  const frame = await other.awaitFrame(hasEvent(room, seq))
  expect(frame.events).toContainEqual(expect.objectContaining({ seq, attachments: [{ id, ...FILE }] }))
  const { headers } = answered(302, await bob.call(`GET /v1/attachments/${id}`))
  const content = await fetch(headers.get('location') ?? '')
  expect([content.status, content.headers.get('content-type')]).toEqual([200, 'image/png'])
  expect(await content.text()).toBe('hello')

  const [bucket, key] = [
    await bucketName(),
    new URL(headers.get('location') ?? '').pathname.split('/').slice(2).join('/'),
  ]
  const objectKey = decodeURIComponent(key)
  expect(objectKey).toBe(objectKeyOf({ tenant: objectKey.slice('tenant-'.length).split('/')[0] ?? '' }, id))
  expect(await isStored(bucket, objectKey)).toBe(true)
  expect(await phone.send('delete', { room, cid: randomUUID(), target: seq })).toMatchObject({ ok: true })
  answered(404, await bob.call(`GET /v1/attachments/${id}`))
  await eventually(async () => expect(await isStored(bucket, objectKey)).toBe(false))
})
