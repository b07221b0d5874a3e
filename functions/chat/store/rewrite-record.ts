import { EVERYONE } from '../domain/message.ts'
import type { Replacement } from '../domain/pseudonym.ts'

/** The part of a record that names a user, as it is to be. */
export type Rewrite = 'keep' | 'remove' | { readonly set: Readonly<Record<string, unknown>> }

/** Records that exist for the user in their key, and mean nothing without that user. */
const OWN_RECORDS = new Set(['ban', 'block', 'commit', 'departure', 'mention', 'reaction', 'notified'])

/** Records that only commits of the room's members change. */
const KEPT_RECORDS = new Set(['member', 'listener'])

/**
 * Returns what becomes of a record of a room when a user is replaced: by the start of its sort key and its fields. What
 * somebody wrote (`body`) stays as it is, whatever it says.
 */
export function rewriteRecord(
  sk: string,
  value: Readonly<Record<string, unknown>>,
  { user, pseudonym }: Pick<Replacement, 'user' | 'pseudonym'>,
): Rewrite {
  const [kind = '', whose] = sk.split('#')
  if (KEPT_RECORDS.has(kind)) return 'keep'
  // `all` in the key of a mention is everybody, even if a user has that name.
  if (OWN_RECORDS.has(kind) && whose === user && !(kind === 'mention' && user === EVERYONE)) return 'remove'
  if (kind === 'missed') return names(value.about, user) ? 'remove' : 'keep'
  const changes = Object.entries(value).flatMap(([field, before]) => {
    if (field === 'mentions' && user === EVERYONE) return []
    const after = FIELDS.has(field) ? replaced(before, user, pseudonym) : before
    return after === before ? [] : [[field, after] as const]
  })
  return changes.length === 0 ? 'keep' : { set: Object.fromEntries(changes) }
}

/** The fields that hold users: by name, as the field `user` of an object, or in a list of names. */
const FIELDS = new Set(['by', 'joined', 'lastMessage', 'member', 'mentions', 'pair', 'user'])

/** Returns the same value if it doesn't name the user. */
function replaced(value: unknown, user: string, pseudonym: string): unknown {
  if (value === user) return pseudonym
  if (Array.isArray(value)) return value.includes(user) ? value.map((one) => (one === user ? pseudonym : one)) : value
  const isTheirs = typeof value === 'object' && value !== null && 'user' in value && value.user === user
  return isTheirs ? { ...value, user: pseudonym } : value
}

/** Checks whether an event about a missed message names a user. */
function names(about: unknown, user: string): boolean {
  const { author, recipients } = Object(about) as { author?: string; recipients?: readonly string[] }
  return author === user || (recipients ?? []).includes(user)
}
