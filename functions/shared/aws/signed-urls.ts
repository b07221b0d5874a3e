import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { contentDisposition, type Disposition } from '../http/content-disposition.ts'
import type { S3 } from './s3.ts'

export interface UploadOptions {
  /** The content type: an upload with another is refused. */
  type: string
  /** The exact size in bytes: an upload of another is refused. */
  size: number
  /** The seconds for which an upload may begin. */
  expiresInSeconds: number
}

/** The parts of an upload that a URL need not fix. */
export type UploadUrlOptions = Pick<UploadOptions, 'expiresInSeconds'> & Partial<UploadOptions>

export interface DownloadOptions {
  /** The content type of the response, whatever the object was stored with. */
  type: string
  /** States whether a browser shows the object or saves it. */
  disposition: Disposition
  /** The name for a saved file, in any characters. */
  fileName: string
  expiresInSeconds: number
}

/** A form whose fields are posted as `multipart/form-data`, followed by the content in the field `file`. */
export interface UploadForm {
  url: string
  fields: Record<string, string>
}

/** Signs requests to objects of one bucket, which anyone can then make who has the URL. No request is made here. */
export interface Signer {
  /**
   * Signs a PUT, to be sent with the given values of `content-type` and `content-length`. Without one of them the
   * upload may have any: check the object's before it is used.
   */
  uploadUrl: (key: string, options: UploadUrlOptions) => Promise<string>
  /** Signs a form, which browsers can post. Everything that it fixes is among its fields. */
  uploadForm: (key: string, options: UploadOptions) => Promise<UploadForm>
  /** Signs a GET. */
  downloadUrl: (key: string, options: DownloadOptions) => Promise<string>
}

/**
 * Creates the signer of a bucket. A URL allows what the function's role allows, and works no longer than the role's
 * credentials, which may end before the given time: hours later on Lambda.
 */
export function createSigner({ client }: S3, bucketName: string): Signer {
  const at = (Key: string) => ({ Bucket: bucketName, Key })
  return {
    uploadUrl(key, { type, size, expiresInSeconds: expiresIn }) {
      const fixed = {
        ...(type !== undefined && { 'content-type': { ContentType: type } }),
        ...(size !== undefined && { 'content-length': { ContentLength: size } }),
      }
      const command = new PutObjectCommand(Object.assign(at(key), ...Object.values(fixed)))
      // The presigner leaves out the type unless it is named here, and would sign one of its own if it were named always.
      return getSignedUrl(client, command, { expiresIn, signableHeaders: new Set(Object.keys(fixed)) })
    },
    uploadForm: (key, { type, size, expiresInSeconds: Expires }) =>
      createPresignedPost(client, {
        ...at(key),
        Expires,
        Fields: { 'Content-Type': type },
        Conditions: [['content-length-range', size, size]],
      }),
    downloadUrl(key, { type, disposition, fileName, expiresInSeconds: expiresIn }) {
      const command = new GetObjectCommand({
        ...at(key),
        ResponseContentType: type,
        ResponseContentDisposition: contentDisposition(disposition, fileName),
        // The URL stands for one person's access, and shared caches must not outlive it.
        ResponseCacheControl: 'private, no-store',
      })
      return getSignedUrl(client, command, { expiresIn })
    },
  }
}
