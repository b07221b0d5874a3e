import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import { attachmentParameter, roomParameter } from '../fields.ts'
import { roomNotFound } from '../problems.ts'
import { uploadAnswer, uploadBody, uploadForm } from './schema.ts'

export const uploadSchemas: Record<string, NamedSchema> = {
  NewUpload: {
    schema: uploadBody,
    description: 'A file to upload.',
    fields: {
      name: 'The name of the file, by which it is saved: at most 255 bytes of UTF-8, stored in NFC.',
      type: 'The content type in lower case, without parameters.',
      size: 'The exact size in bytes, at most 25 MB.',
    },
  },
  Upload: {
    schema: uploadAnswer,
    description: 'An upload that has begun.',
    fields: { attachmentId: 'The id of the file, for the `attachments` of a message of the caller in this room.' },
  },
  UploadForm: {
    schema: uploadForm,
    description: 'A form: post `fields` and then the content, as the field `file`, to `url`, within 10 minutes.',
  },
}

const id = 'Qm9hdHMgYW5k.4rT0fG7hJ2kL'

export const uploadOperations: readonly ApiOperation[] = [
  {
    routeKey: 'POST /v1/rooms/{id}/uploads',
    id: 'beginUpload',
    tag: 'Files',
    summary: 'Begin an upload',
    description:
      'The answer has a form with which the content is posted to S3 as `multipart/form-data`. S3 refuses another size or type. Then the id can be sent with one message; an upload that is not sent within 24 hours expires.',
    params: roomParameter,
    scope: 'chat',
    body: uploadBody,
    example: { name: 'Tea list.pdf', type: 'application/pdf', size: 51_200 },
    responses: {
      201: {
        description: 'The upload can begin.',
        body: uploadAnswer,
        example: {
          attachmentId: id,
          upload: { url: 'https://files.s3.eu-west-1.amazonaws.com/', fields: { key: `tenant-acme/${id}` } },
        },
      },
      403: { description: 'The caller is muted in this room.', codes: ['muted'] },
      404: roomNotFound,
    },
  },
  {
    routeKey: 'GET /v1/attachments/{attachment}',
    id: 'getAttachment',
    tag: 'Files',
    summary: 'Get a file of a message',
    description:
      'Redirects to the content, by a URL that works for 5 minutes. Browsers save it, except for PNG, JPEG, GIF, WebP, audio and video, which they show. The content is gone with its message.',
    params: attachmentParameter,
    scope: 'chat',
    responses: {
      302: { description: 'The content is at `Location`.', headers: ['Target'] },
      404: {
        description: 'There is no such file, or the caller may not see its message.',
        codes: ['not-found'],
      },
    },
  },
]
