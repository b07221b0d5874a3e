import type { Files } from '../../shared/aws/files.ts'
import type { FindContent } from '../domain/attachment.ts'
import type { SignUpload } from '../uploads/begin-upload.ts'
import type { SignDownload } from '../uploads/open-attachment.ts'

/** The content of attachments, which is in S3. */
export interface Content {
  findContent: FindContent
  signUpload: SignUpload
  signDownload: SignDownload
}

/** Creates the access to the content of attachments. S3's client is loaded with the first use. */
export function createContent(loadFiles: () => Promise<Files>): Content {
  return {
    async findContent(objectKey, signal) {
      const found = await (await loadFiles()).head(objectKey, { signal })
      return found?.etag
    },
    async signUpload(objectKey, options) {
      return (await loadFiles()).uploadForm(objectKey, options)
    },
    async signDownload(objectKey, options) {
      return (await loadFiles()).downloadUrl(objectKey, options)
    },
  }
}
