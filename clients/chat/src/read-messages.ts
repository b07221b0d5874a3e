import { ChatUnavailable } from './errors.ts'
import type { CallHttp } from './http.ts'
import { isObject } from './parse-frame.ts'
import type { MessagePage } from './resources.ts'

export interface MessageQuery {
  /** Messages before this `seq`, or after another one; the newest without both. */
  before?: number
  after?: number
  limit?: number
}

/** Reads a page of messages. */
export async function readMessages(call: CallHttp, room: string, query: MessageQuery): Promise<MessagePage> {
  const fields = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]))
  const path = `/v1/rooms/${encodeURIComponent(room)}/messages?${search}`
  const page = await call({ method: 'GET', path })
  if (isObject(page) && Array.isArray(page.items)) return page as unknown as MessagePage
  throw new ChatUnavailable('bad-answer', 'What answered is not the chat.')
}
