import { query } from 'jsonpath-rfc9535'
import { illFormedPath } from '../../shared/well-formed.ts'
import { MAX_DATA_BYTES, MAX_RECIPIENTS, type Mapping } from '../domain/mapping.ts'

/** The outcome of applying a mapping to an event. */
export type Mapped =
  | { readonly outcome: 'mapped'; readonly users: readonly string[]; readonly data: Readonly<Record<string, unknown>> }
  /** The mapping doesn't fit the event, which a retry won't change. */
  | { readonly outcome: 'unfit'; readonly reason: string }

/** An event, as paths see it. */
interface Event {
  readonly id?: string
  readonly type?: string
  readonly tenant?: string
  readonly data: unknown
}

/** The pattern of users' ids: a text that doesn't match names no user. */
const USER = /^[A-Za-z0-9._~:@-]{1,128}$/

/**
 * Applies a mapping to an event: whom to notify, each once, and with which data.
 *
 * @param event what paths begin at: its `data`, and what it is.
 */
export function applyMapping(mapping: Mapping, event: Event): Mapped {
  const found = select(event, mapping.recipients)
  const users = new Set(found.flat().filter((user) => typeof user === 'string' && USER.test(user)))
  if (found.length > 0 && users.size === 0) return unfit('recipients: the path leads to no id of a user')
  if (users.size > MAX_RECIPIENTS) return unfit(`recipients: more than ${MAX_RECIPIENTS} users`)
  const data = mapping.data === null ? event.data : resolve(mapping.data, event)
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return unfit('data: must be an object')
  if (Buffer.byteLength(JSON.stringify(data)) > MAX_DATA_BYTES) return unfit(`data: more than ${MAX_DATA_BYTES} bytes`)
  if (illFormedPath(data)) return unfit('data: a text with half of a surrogate pair')
  return { outcome: 'mapped', users: [...users] as string[], data: { ...data } }
}

/** Replaces each text that is a path by what it leads to: one value, `null` for none, a list for several. */
function resolve(value: unknown, event: object): unknown {
  if (typeof value === 'string') return value.startsWith('$') ? single(select(event, value)) : value
  if (Array.isArray(value)) return value.map((item) => resolve(item, event))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, event)]))
}

function single(found: readonly unknown[]): unknown {
  return found.length > 1 ? found : (found[0] ?? null)
}

function select(event: object, path: string): unknown[] {
  return query(event as Parameters<typeof query>[0], path)
}

function unfit(reason: string): Mapped {
  return { outcome: 'unfit', reason }
}
