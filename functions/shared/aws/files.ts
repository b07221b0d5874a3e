import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'
import type { Bucket } from './bucket.ts'
import { logCallEvents } from './create-send.ts'
import type { MultipartUploads } from './multipart-upload.ts'
import type { Signer } from './signed-urls.ts'

/** The objects of a bucket, and signed URLs to them. */
export interface Files extends Bucket, MultipartUploads, Signer {}

/**
 * Returns the files in the bucket that the stack names in `BUCKET_NAME`, with a client that logs its failures. The client
 * is a separate file in the bundle, loaded by the first use: it has 115 KB, and most cold starts don't need it.
 *
 * @throws Error when the variable is missing.
 */
export function filesOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>) {
  const name = requiredEnv('BUCKET_NAME')
  let loading: Promise<Files> | undefined
  const load = async (): Promise<Files> => {
    const [{ createS3 }, { createBucket }, { createMultipartUploads }, { createSigner }] = await Promise.all([
      import('./s3.ts'),
      import('./bucket.ts'),
      import('./multipart-upload.ts'),
      import('./signed-urls.ts'),
    ])
    const s3 = createS3({ now, random, onEvent: logCallEvents(logger, 's3') })
    return { ...createBucket(s3, name), ...createMultipartUploads(s3, name), ...createSigner(s3, name) }
  }
  return (): Promise<Files> => {
    loading ??= load()
    return loading
  }
}
