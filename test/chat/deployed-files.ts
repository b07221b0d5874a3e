import { HeadObjectCommand } from '@aws-sdk/client-s3'
import { s3Client } from '../../tools/local-cloud/buckets.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { answered } from '../support/http.ts'
import { postForm } from '../support/own-bucket.ts'
import type { ChatUser } from './deployed.ts'

const s3 = s3Client(localCloud())
afterAll(() => s3.destroy())

export const FILE = { name: 'tea.png', type: 'image/png', size: 5 }

/** Uploads a file to a room, and returns its id. */
export async function uploadTo(room: string, user: ChatUser): Promise<string> {
  const { attachmentId, upload } = answered(201, await user.call(`POST /v1/rooms/${room}/uploads`, FILE)).json
  expect((await postForm(upload, 'hello')).status).toBe(204)
  return attachmentId
}

/** Checks whether the content of an attachment is stored. */
export async function isStored(objectKey: string): Promise<boolean> {
  const resources = await stackResources(localCloud(), 'Chat')
  const Bucket = resources.find(({ type }) => type === 'AWS::S3::Bucket')?.physicalId
  return s3.send(new HeadObjectCommand({ Bucket, Key: objectKey })).then(
    () => true,
    () => false,
  )
}
