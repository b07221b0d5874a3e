import { BucketAlreadyOwnedByYou, CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

/** Creates a client for a local S3 with path-style URLs: a bucket's host name would not resolve. */
export function s3Client(cloud: LocalCloud): S3Client {
  return new S3Client({ ...clientConfig(cloud), forcePathStyle: true })
}

export async function ensureBucket(s3: S3Client, name: string): Promise<void> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket: name }))
  } catch (error) {
    if (!(error instanceof BucketAlreadyOwnedByYou)) throw error
  }
}
