import type { Clock } from '../../shared/clock.ts'
import {
  type Attachment,
  type AttachmentRecord,
  attachmentId,
  objectKeyOf,
  UPLOAD_SECONDS,
} from '../domain/attachment.ts'
import { type Refusal, refuse } from '../domain/commit.ts'
import type { ReadMembership, RoomId } from '../domain/room.ts'

export interface BeginUploadInput extends RoomId {
  readonly user: string
  readonly file: Omit<Attachment, 'id'>
}

/** A form with which the content is uploaded: see `UploadForm`. */
export interface Form {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

export type BeginUploadResult =
  | { readonly outcome: 'begun'; readonly attachmentId: string; readonly upload: Form }
  | Refusal

/** Stores the record of a new upload, which ends after `UNSENT_MS` unless a message takes it. Rejects as `DynamoDB` does. */
export type StoreUpload = (id: RoomId, record: AttachmentRecord, signal: AbortSignal) => Promise<void>

/** Signs a form for content of exactly this type and size. Rejects if S3's client can't be loaded. */
export type SignUpload = (
  objectKey: string,
  options: { type: string; size: number; expiresInSeconds: number },
) => Promise<Form>

export interface BeginUploadDeps {
  readMembership: ReadMembership
  storeUpload: StoreUpload
  signUpload: SignUpload
  newId: () => string
  now: Clock
}

export type BeginUpload = (input: BeginUploadInput, signal: AbortSignal) => Promise<BeginUploadResult>

/**
 * Begins the upload of a file to a room. The record exists before the content can, so that no content is ever without
 * one.
 */
export function beginUpload({ readMembership, storeUpload, signUpload, newId, now }: BeginUploadDeps): BeginUpload {
  return async ({ user, file, ...id }, signal) => {
    const membership = await readMembership({ ...id, user }, signal)
    if (!membership) return refuse('not-member', 'You are not a member of this room.')
    if (membership.member.muted) return refuse('muted', 'You are muted in this room.')
    const [createdAt, ownId] = [now(), attachmentId(id.room, newId())]
    const objectKey = objectKeyOf(id, ownId)
    const record = { ...file, id: ownId, user, createdAt, objectKey, message: null }
    await storeUpload(id, record, signal)
    const { type, size } = file
    const upload = await signUpload(objectKey, { type, size, expiresInSeconds: UPLOAD_SECONDS })
    return { outcome: 'begun', attachmentId: ownId, upload }
  }
}
