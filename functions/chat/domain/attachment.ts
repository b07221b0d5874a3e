import type { RoomId } from './room.ts'

/** A file of a message, as members see it. */
export interface Attachment {
  readonly id: string
  /** The name of the file, for a person. */
  readonly name: string
  /** The content type, without parameters. */
  readonly type: string
  /** In bytes. */
  readonly size: number
}

/** The record of an upload, and of the attachment that it becomes with the message that takes it. */
export interface AttachmentRecord extends Attachment {
  /** The user who uploads it, and who alone can send it. */
  readonly user: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The address of the content. It is erased as soon as the record is removed, for whatever reason. */
  readonly objectKey: string
  /** The message that has it, with the ETag that the content had then; `null` until it is sent. */
  readonly message: { readonly seq: number; readonly etag: string } | null
}

/** Returns the ETag of uploaded content; `undefined` if there is none. Rejects as `Bucket` does. */
export type FindContent = (objectKey: string, signal: AbortSignal) => Promise<string | undefined>

/** The content of an attachment that is to be erased. */
export interface Erasure {
  readonly objectKey: string
  /** True if an upload may still be under way, which would store the content again. */
  readonly mayComeBack: boolean
}

export const MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024

/** The seconds for which an upload can begin. */
export const UPLOAD_SECONDS = 600

/** The time after which no upload is under way any more: the longest delay of a message in SQS. */
export const UPLOADED_BY_MS = 900_000

/** The life of an upload that is never sent. */
export const UNSENT_MS = 24 * 3_600_000

/** Builds the id of an attachment. It names its room, whose partition of the table has the record. */
export function attachmentId(room: string, random: string): string {
  return `${room}.${random}`
}

/** Returns the room of an attachment by its id. */
export function roomOfAttachment(id: string): string {
  return id.slice(0, Math.max(id.lastIndexOf('.'), 0))
}

/** Returns the address of an attachment's content. The prefix keeps a tenant called `..` from being a path. */
export function objectKeyOf({ tenant }: Pick<RoomId, 'tenant'>, id: string): string {
  return `tenant-${tenant}/${id}`
}
