import { filesOfEnvironment } from '../../functions/shared/aws/files.ts'
import { createRuntime } from '../../functions/shared/runtime.ts'
import { printOutcomes } from './print-outcomes.ts'

// Makes every call to S3 that functions make, and prints each outcome: see s3-bundle.test.ts.

process.env.BUCKET_NAME = 'a-bucket'
const files = await filesOfEnvironment(createRuntime('test'))()
const once = { once: true, onceMs: 5000 }
const type = 'text/plain'
const upload = { type, size: 5, expiresInSeconds: 60 }

const CALLS = {
  HeadObject: () => files.head('a/key', once),
  GetObject: () => files.read('a/key', once),
  PutObject: () => files.write('a/key', { body: Buffer.from('hello'), type }, once),
  DeleteObject: () => files.delete('a/key', once),
  CreateMultipartUpload: () => files.startUpload('a/key', type, once),
  UploadPart: () => files.uploadPart('a/key', { uploadId: 'an-id', number: 1, body: Buffer.from('hello') }, once),
  CompleteMultipartUpload: () =>
    files.completeUpload('a/key', { uploadId: 'an-id', parts: [{ number: 1, etag: '"a"' }] }, once),
  uploadUrl: () => files.uploadUrl('a/key', upload),
  uploadForm: () => files.uploadForm('a/key', upload),
  downloadUrl: () => files.downloadUrl('a/key', { type, disposition: 'inline', fileName: 'a', expiresInSeconds: 60 }),
}

/** The operations that this program makes. */
export type S3Operation = keyof typeof CALLS

await printOutcomes(CALLS)
