import type { Readable } from 'node:stream'
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import type { CallOptions } from './create-send.ts'
import type { S3 } from './s3.ts'

/** Describes an object without its content. */
export interface ObjectHead {
  /** In bytes. */
  size: number
  /** The content type that it was stored with. */
  type: string
  /** Changes with the content. */
  etag: string
}

/** The objects of one bucket, by their keys. */
export interface Bucket {
  /**
   * Returns what S3 knows of an object; undefined if there is none. Reads are consistent: an object is found as soon as
   * its upload has been answered.
   *
   * @throws the SDK's exception when S3 refuses, AppError (retryable) when it fails, throttles or is unreachable.
   */
  head: (key: string, options?: CallOptions) => Promise<ObjectHead | undefined>
  /**
   * Opens an object; undefined if there is none. The caller reads the stream to its end, or destroys it.
   *
   * @throws as `head` does; the stream fails if the connection is lost.
   */
  read: (key: string, options?: CallOptions) => Promise<(ObjectHead & { body: Readable }) | undefined>
  /** Stores a small object in one request, and replaces one with this key. @throws as `head` does. */
  write: (key: string, object: { body: Uint8Array; type: string }, options?: CallOptions) => Promise<void>
  /** Deletes an object, if there is one. @throws as `head` does. */
  delete: (key: string, options?: CallOptions) => Promise<void>
}

/**
 * Returns the objects of a bucket. `ServiceBucket.grant` gives the function `s3:ListBucket` with `s3:GetObject`: without
 * it S3 answers 403 instead of 404 for a key that doesn't exist.
 */
export function createBucket({ send }: S3, bucketName: string): Bucket {
  const at = (Key: string) => ({ Bucket: bucketName, Key })
  return {
    head: (key, options) => unlessMissing(async () => headOf(await send(new HeadObjectCommand(at(key)), options))),
    read: (key, options) =>
      unlessMissing(async () => {
        const output = await send(new GetObjectCommand(at(key)), options)
        return { ...headOf(output), body: output.Body as unknown as Readable }
      }),
    async write(key, { body, type }, options) {
      await send(new PutObjectCommand({ ...at(key), Body: body, ContentType: type }), options)
    },
    async delete(key, options) {
      await send(new DeleteObjectCommand(at(key)), options)
    },
  }
}

interface Head {
  ContentLength?: number | undefined
  ContentType?: string | undefined
  ETag?: string | undefined
}

function headOf({ ContentLength = 0, ContentType = '', ETag = '' }: Head): ObjectHead {
  return { size: ContentLength, type: ContentType, etag: ETag }
}

/** A response to HEAD has no body, and so no name of an exception: only the status tells. */
async function unlessMissing<Found>(call: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await call()
  } catch (error) {
    const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
    if ($metadata?.httpStatusCode === 404) return undefined
    throw error
  }
}
