import type { ServerFrame } from './frames.ts'

type Fields = Record<string, unknown>

const hasRoom = ({ room }: Fields): boolean => typeof room === 'string'
const hasUser = (fields: Fields): boolean => hasRoom(fields) && typeof fields.user === 'string'

/** Checks of what the client relies on in each frame. The service may add fields, and kinds of frames. */
const CHECKS: Record<ServerFrame['t'], (fields: Fields) => boolean> = {
  ack: ({ id, ok }) => typeof id === 'string' && typeof ok === 'boolean',
  events: (fields) => hasRoom(fields) && Array.isArray(fields.events) && fields.events.every(isEvent),
  resumed: (fields) => hasRoom(fields) && Number.isSafeInteger(fields.head),
  removed: hasRoom,
  read: (fields) => hasUser(fields) && Number.isSafeInteger(fields.seq),
  typing: hasUser,
  presence: (fields) => hasUser(fields) && typeof fields.online === 'boolean',
  reconnect: ({ afterMs }) => typeof afterMs === 'number' && afterMs >= 0,
}

/** Reads a frame of the server; `undefined` for what this client doesn't know, which it leaves alone. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  const json = typeof data === 'string' ? parseJson(data) : undefined
  if (!isObject(json) || typeof json.t !== 'string' || !Object.hasOwn(CHECKS, json.t)) return undefined
  return CHECKS[json.t as ServerFrame['t']](json) ? (json as unknown as ServerFrame) : undefined
}

/** Checks what ordering relies on. A type that this client doesn't know has its place in the order, too. */
export function isEvent(value: unknown): boolean {
  return isObject(value) && Number.isSafeInteger(value.seq) && Number(value.seq) > 0 && typeof value.type === 'string'
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
