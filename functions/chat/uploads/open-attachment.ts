import { type AttachmentRecord, type FindContent, roomOfAttachment } from '../domain/attachment.ts'
import { floorOf, type ReadMembership, type RoomId } from '../domain/room.ts'

export interface OpenAttachmentInput {
  readonly tenant: string
  readonly user: string
  readonly id: string
}

/** Reads the record of an attachment consistently. Rejects as `DynamoDB` does. */
export type ReadAttachment = (
  id: RoomId & { attachment: string },
  signal: AbortSignal,
) => Promise<AttachmentRecord | undefined>

/** Signs a URL of content. Rejects if S3's client can't be loaded. */
export type SignDownload = (
  objectKey: string,
  options: { type: string; disposition: 'inline' | 'attachment'; fileName: string; expiresInSeconds: number },
) => Promise<string>

export interface OpenAttachmentDeps {
  readMembership: ReadMembership
  readAttachment: ReadAttachment
  findContent: FindContent
  signDownload: SignDownload
}

/** Returns a URL of an attachment's content; `undefined` if the user may not see it, or there is none. */
export type OpenAttachment = (input: OpenAttachmentInput, signal: AbortSignal) => Promise<string | undefined>

/** The life of a URL: a browser that plays a film asks again and again. */
const URL_SECONDS = 300

/**
 * Opens an attachment of a message that the user may see. The content must be that with which the message was sent: its
 * author could replace it as long as the form of the upload lives.
 */
export function openAttachment(deps: OpenAttachmentDeps): OpenAttachment {
  const { readMembership, readAttachment, findContent, signDownload } = deps
  return async ({ id, ...caller }, signal) => {
    const room = roomOfAttachment(id)
    if (room === '') return undefined
    const membership = await readMembership({ ...caller, room }, signal)
    if (!membership) return undefined
    const record = await readAttachment({ tenant: caller.tenant, room, attachment: id }, signal)
    if (!record?.message || record.message.seq < floorOf(membership)) return undefined
    const { name: fileName, type, objectKey, message } = record
    if ((await findContent(objectKey, signal)) !== message.etag) return undefined
    const disposition = isInline(type) ? 'inline' : 'attachment'
    return signDownload(objectKey, { type, disposition, fileName, expiresInSeconds: URL_SECONDS })
  }
}

/** Recognises types that a browser may show, because nothing in them is a program. */
export function isInline(type: string): boolean {
  return /^(image\/(png|jpeg|gif|webp)|(audio|video)\/.+)$/.test(type)
}
