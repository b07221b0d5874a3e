import type { ChatClient } from './chat-client.ts'
import { ChatProblem, ChatUnavailable } from './errors.ts'
import type { Attachment } from './frames.ts'
import { isObject } from './parse-frame.ts'

export interface FileOptions {
  chat: Pick<ChatClient, 'call'>
  signal?: AbortSignal
  /** @default globalThis.fetch */
  fetch?: typeof fetch
}

export interface UploadOptions extends FileOptions {
  room: string
  /** Its type is kept without parameters; without one it is `application/octet-stream`. */
  file: Blob
  /** The file's name, for a person. @default that of a `File` */
  name?: string
}

/**
 * Uploads a file to a room: send its `id` in `attachments` of a message, within a day. The
 * upload is tried once, and takes as long as it takes; after a failure it can begin again.
 *
 * @throws ChatProblem when the chat or its storage refuses it, ChatUnavailable when one of them gives no answer, or the
 * reason of the signal.
 */
export async function uploadFile({ chat, room, file, signal, ...options }: UploadOptions): Promise<Attachment> {
  const name = options.name ?? ('name' in file && typeof file.name === 'string' ? file.name : 'file')
  const type = /^[^;]+/.exec(file.type)?.[0].trim() ?? 'application/octet-stream'
  const { size } = file
  const path = `/v1/rooms/${encodeURIComponent(room)}/uploads`
  const { attachmentId, upload } = toBegun(
    await chat.call({ method: 'POST', path, body: { name, type, size }, signal }),
  )
  const form = new FormData()
  for (const [field, value] of Object.entries(upload.fields)) form.append(field, value)
  // The storage ignores all fields that follow the content.
  form.append('file', file)
  await post({ url: upload.url, form, signal, fetch: options.fetch })
  return { id: attachmentId, name, type, size }
}

interface Begun {
  attachmentId: string
  upload: { url: string; fields: Record<string, string> }
}

function toBegun(answer: unknown): Begun {
  if (isObject(answer) && isObject(answer.upload) && isObject(answer.upload.fields)) return answer as unknown as Begun
  throw new ChatUnavailable('bad-answer', 'What answered is not the chat.')
}

interface Post {
  url: string
  form: FormData
  signal: AbortSignal | undefined
  fetch: typeof fetch | undefined
}

async function post({ url, form, signal, fetch = (input, init) => globalThis.fetch(input, init) }: Post) {
  const init = { method: 'POST', body: form, ...(signal && { signal }) }
  const response = await fetch(url, init).catch((cause) => {
    signal?.throwIfAborted()
    throw new ChatUnavailable('unreachable', `The storage at ${new URL(url).host} can't be reached.`, { cause })
  })
  if (response.ok) return
  if (response.status >= 500) throw new ChatUnavailable('bad-status', `The storage answered ${response.status}.`)
  throw new ChatProblem(response.status, { code: 'upload-refused' })
}
