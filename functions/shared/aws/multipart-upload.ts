import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { isRefusal } from './call-errors.ts'
import type { CallOptions } from './create-send.ts'
import type { S3 } from './s3.ts'

/** A part that was uploaded. */
export interface UploadedPart {
  /** 1 to 10,000. Numbers grow, and may have gaps. */
  number: number
  etag: string
}

export interface PartUpload {
  uploadId: string
  number: number
  /** At least 5 MiB, except for the last part. */
  body: Uint8Array
}

/** Writes an object in parts, which different invocations may upload. It appears when the upload is completed. */
export interface MultipartUploads {
  /** Starts an upload, and returns its id. @throws as `Bucket.head` does. */
  startUpload: (key: string, type: string, options?: CallOptions) => Promise<string>
  /** Uploads a part, and replaces one with the same number. @throws as `Bucket.head` does. */
  uploadPart: (key: string, part: PartUpload, options?: CallOptions) => Promise<UploadedPart>
  /**
   * Makes these parts the object, and drops all others. `unknown`: there is no such upload any more, because it was
   * completed or aborted before.
   *
   * @throws as `Bucket.head` does.
   */
  completeUpload: (
    key: string,
    upload: { uploadId: string; parts: readonly UploadedPart[] },
    options?: CallOptions,
  ) => Promise<'completed' | 'unknown'>
}

export function createMultipartUploads({ send }: S3, bucketName: string): MultipartUploads {
  const at = (Key: string) => ({ Bucket: bucketName, Key })
  return {
    async startUpload(key, type, options) {
      const { UploadId = '' } = await send(new CreateMultipartUploadCommand({ ...at(key), ContentType: type }), options)
      return UploadId
    },
    async uploadPart(key, { uploadId, number, body }, options) {
      const input = { ...at(key), UploadId: uploadId, PartNumber: number, Body: body }
      const { ETag = '' } = await send(new UploadPartCommand(input), options)
      return { number, etag: ETag }
    },
    async completeUpload(key, { uploadId, parts }, options) {
      const Parts = parts.map(({ number, etag }) => ({ PartNumber: number, ETag: etag }))
      const input = { ...at(key), UploadId: uploadId, MultipartUpload: { Parts } }
      try {
        await send(new CompleteMultipartUploadCommand(input), options)
        return 'completed'
      } catch (error) {
        if (isRefusal(error, 'NoSuchUpload')) return 'unknown'
        throw error
      }
    },
  }
}
