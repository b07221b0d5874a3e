import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, DeleteBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { createBucket } from '../../functions/shared/aws/bucket.ts'
import type { Files } from '../../functions/shared/aws/files.ts'
import { createMultipartUploads } from '../../functions/shared/aws/multipart-upload.ts'
import { createS3 } from '../../functions/shared/aws/s3.ts'
import { createSigner, type UploadForm } from '../../functions/shared/aws/signed-urls.ts'
import { setFunctionEnvironment } from './cloud.ts'

/** Returns the files of a new bucket of the local cloud, deleted after the file. */
export async function ownBucket(): Promise<Files> {
  setFunctionEnvironment()
  const s3 = createS3({ now: Date.now, random: Math.random, tryMs: 20_000 })
  const Bucket = `test-${randomUUID()}`
  await s3.send(new CreateBucketCommand({ Bucket }))
  const files = { ...createBucket(s3, Bucket), ...createMultipartUploads(s3, Bucket), ...createSigner(s3, Bucket) }
  afterAll(async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key = '' } of Contents) await files.delete(Key)
    await s3.send(new DeleteBucketCommand({ Bucket }))
  })
  return files
}

/** Posts content by a form, as browsers do. */
export function postForm({ url, fields }: Pick<UploadForm, 'url' | 'fields'>, content: string): Promise<Response> {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  form.append('file', new Blob([content]))
  return fetch(url, { method: 'POST', body: form })
}
