import type { InboxCounts, InboxItem, InboxPage } from './resources.ts'

/** A message of the server over the WebSocket. */
export type ServerFrame =
  | { readonly t: 'ack'; readonly id: string; readonly ok: boolean }
  | { readonly t: 'inbox'; readonly item: InboxItem }
  | ({ readonly t: 'count' } & InboxCounts)

type Fields = Record<string, unknown>

/** Checks of what the client relies on in each frame. The service may add fields, and kinds of frames. */
const CHECKS: Record<ServerFrame['t'], (fields: Fields) => boolean> = {
  ack: ({ id, ok }) => typeof id === 'string' && typeof ok === 'boolean',
  inbox: ({ item }) => isItem(item),
  count: isCounts,
}

/** Reads a frame of the server; `undefined` for what this client doesn't know, which it leaves alone. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  const json = typeof data === 'string' ? parseJson(data) : undefined
  if (!isObject(json) || typeof json.t !== 'string' || !Object.hasOwn(CHECKS, json.t)) return undefined
  return CHECKS[json.t as ServerFrame['t']](json) ? (json as unknown as ServerFrame) : undefined
}

export function isPage(value: unknown): value is InboxPage {
  if (!isCounts(value) || !isObject(value)) return false
  const { items, nextCursor } = value
  return Array.isArray(items) && items.every(isItem) && (nextCursor === null || typeof nextCursor === 'string')
}

export function isCounts(value: unknown): value is InboxCounts {
  return isObject(value) && [value.unseen, value.unread].every((count) => Number.isSafeInteger(count))
}

function isItem(value: unknown): value is InboxItem {
  if (!isObject(value)) return false
  const { id, title, body, url = '', category, createdAt, seenAt, readAt, archivedAt } = value
  const texts = [id, title, body, url, category, createdAt]
  const marks = [seenAt, readAt, archivedAt]
  return (
    texts.every((text) => typeof text === 'string') && marks.every((time) => time === null || typeof time === 'string')
  )
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns what a JSON text says; `undefined` for any other text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
