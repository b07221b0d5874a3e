import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { RandomBytes } from '../clock.ts'
import type { Keys } from '../secrets/secrets.ts'
import { HttpProblem } from './response.ts'

/** The position after which a list continues: a key of a table or index, like LastEvaluatedKey. Numbers are finite. */
export type Position = Readonly<Record<string, string | number>>

/** The list that a cursor belongs to. A cursor is refused unless it is opened with the scope it was sealed with. */
export interface CursorScope {
  tenant: string
  /** The list, its filters and its order, without `limit` and `cursor`. An `undefined` value counts as absent. */
  query: Readonly<Record<string, string | number | boolean | undefined>>
}

export interface Cursors {
  /**
   * @throws RangeError if the cursor would have more than 1,024 characters (a position of about 690 bytes as JSON), and
   * what the keys throw.
   */
  seal: (page: CursorScope & { position: Position }, signal?: AbortSignal) => Promise<string>
  /** @throws HttpProblem 400 `invalid-cursor`, and what the keys throw. */
  open: (cursor: string, scope: CursorScope, signal?: AbortSignal) => Promise<Position>
}

export interface CursorsOptions {
  keys: Keys
  randomBytes: RandomBytes
}

/** The maximum length in characters: a longer text is not a cursor. */
export const MAX_CURSOR_LENGTH = 1024
/** The first byte, which identifies the layout. */
const FORMAT = 1
const SALT_BYTES = 16
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * Creates opaque cursors of lists: a position, encrypted and authenticated with AES-256-GCM (NIST SP 800-38D), bound to
 * tenant and query as additional data. In base64url: format, length of the key's id, that id, salt, position, tag.
 *
 * Each cursor has its own key and nonce, both derived from the secret and a random salt (HKDF, RFC 5869), so GCM's
 * limit of 2^32 random nonces per key doesn't apply. It expires with its secret, two rotations later.
 */
export function createCursors({ keys, randomBytes }: CursorsOptions): Cursors {
  return {
    async seal({ position, ...scope }, signal) {
      const { id, secret } = await keys.signingKey(signal)
      const salt = randomBytes(SALT_BYTES)
      const head = Buffer.concat([Buffer.of(FORMAT, Buffer.byteLength(id)), Buffer.from(id), salt])
      const cipher = createCipheriv(CIPHER, ...derive(secret, salt), { authTagLength: TAG_BYTES })
      cipher.setAAD(additionalData(head, scope))
      const body = Buffer.concat([cipher.update(JSON.stringify(position)), cipher.final()])
      const cursor = Buffer.concat([head, body, cipher.getAuthTag()]).toString('base64url')
      if (cursor.length <= MAX_CURSOR_LENGTH) return cursor
      throw new RangeError(
        `The cursor has ${cursor.length} characters, ${MAX_CURSOR_LENGTH} at most: shorten the table's keys.`,
      )
    },
    async open(cursor, scope, signal) {
      const parts = parse(cursor)
      const key = parts && (await keys.verifyingKey(parts.id, signal))
      const position = key && decrypt(parts, key.secret, scope)
      if (position) return position
      throw new HttpProblem({
        status: 400,
        code: 'invalid-cursor',
        detail: 'The cursor does not belong to this list, or has expired. Start again without it.',
      })
    },
  }
}

interface Parts {
  id: string
  head: Buffer
  salt: Buffer
  body: Buffer
  tag: Buffer
}

function parse(cursor: string): Parts | undefined {
  if (cursor.length > MAX_CURSOR_LENGTH) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  // Node ignores characters outside base64url, and unused bits of the last one: only the canonical spelling is
  // accepted.
  if (bytes.toString('base64url') !== cursor) return undefined
  const headEnd = 2 + (bytes[1] ?? 0) + SALT_BYTES
  const bodyEnd = bytes.length - TAG_BYTES
  if (bytes[0] !== FORMAT || bodyEnd < headEnd) return undefined
  return {
    id: bytes.toString('utf8', 2, headEnd - SALT_BYTES),
    head: bytes.subarray(0, headEnd),
    salt: bytes.subarray(headEnd - SALT_BYTES, headEnd),
    body: bytes.subarray(headEnd, bodyEnd),
    tag: bytes.subarray(bodyEnd),
  }
}

/** Returns `undefined` if the cursor was modified, or sealed for another scope. */
function decrypt({ head, salt, body, tag }: Parts, secret: string, scope: CursorScope): Position | undefined {
  const decipher = createDecipheriv(CIPHER, ...derive(secret, salt), { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(head, scope)).setAuthTag(tag)
  const text = decipher.update(body, undefined, 'utf8')
  try {
    // The tags are compared in constant time.
    return JSON.parse(text + decipher.final('utf8'))
  } catch {
    return undefined
  }
}

function derive(secret: string, salt: Uint8Array): [key: Buffer, iv: Buffer] {
  const bytes = Buffer.from(hkdfSync('sha256', secret, salt, 'stackyard/cursor', KEY_BYTES + IV_BYTES))
  return [bytes.subarray(0, KEY_BYTES), bytes.subarray(KEY_BYTES)]
}

/** Serialises the scope: JSON separates the parts unambiguously, and sorted names make it canonical. */
function additionalData(head: Buffer, { tenant, query }: CursorScope): Buffer {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([head, Buffer.from(JSON.stringify([tenant, entries]))])
}
