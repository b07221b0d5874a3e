/** The id that a client gives a frame, and that the ack repeats. */
export type FrameId = string | number

/** A frame of a client, `{"v": 1, "action": "…", "id": "…", …}`. */
export interface Frame {
  id: FrameId
  action: string
  /** All other members. */
  fields: Record<string, unknown>
}

/** A frame, or the reason why a message is none; the ack has its id if it has one. */
export type ParsedFrame = { frame: Frame } | { id: FrameId | null; message: string }

/** The version of the frames' format. */
const VERSION = 1

/**
 * The size limit of a frame in UTF-8. API Gateway closes a connection that sends more than 32 KB in one WebSocket
 * frame, and more than 128 KB in one message.
 */
export const MAX_FRAME_BYTES = 30 * 1024

const MAX_ID_LENGTH = 64

/** Parses a client's message. */
export function parseFrame({ body = '', isBase64Encoded }: { body?: string; isBase64Encoded: boolean }): ParsedFrame {
  if (isBase64Encoded) return { id: null, message: 'A frame must be text, not binary.' }
  const json = parseObject(body)
  if (!json) return { id: null, message: 'A frame must be a JSON object.' }
  const { v, action, id, ...fields } = json
  if (!isFrameId(id)) {
    return { id: null, message: `A frame needs an id: a whole number, or a text of 1 to ${MAX_ID_LENGTH} characters.` }
  }
  if (Buffer.byteLength(body) > MAX_FRAME_BYTES) {
    return { id, message: `A frame may have at most ${MAX_FRAME_BYTES} bytes.` }
  }
  if (v !== VERSION) return { id, message: `A frame needs the member "v": ${VERSION}.` }
  if (typeof action !== 'string') return { id, message: 'A frame needs an action.' }
  return { frame: { id, action, fields } }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
      ? (json as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The ack repeats the id in UTF-8, which can't hold half of a surrogate pair. */
function isFrameId(id: unknown): id is FrameId {
  if (typeof id !== 'string') return Number.isSafeInteger(id)
  return id.length > 0 && id.length <= MAX_ID_LENGTH && id.isWellFormed()
}
