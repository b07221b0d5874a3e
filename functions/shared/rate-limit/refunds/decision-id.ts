import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '../../clock.ts'
import type { Keys } from '../../secrets/secrets.ts'
import type { Charge } from '../policy.ts'

/** The decision that an id proves. */
export interface SignedDecision {
  /** Belongs to this decision alone. */
  readonly nonce: string
  /** Empty when nothing was charged. */
  readonly charges: readonly Charge[]
}

export interface DecisionIds {
  /**
   * Signs the id of a decision, by its own `charges` object: signed again, it may have another id, but is refunded once
   * all the same. A copy of the charges would be another decision.
   *
   * @throws what the keys throw.
   */
  sign: (charges: readonly Charge[], signal?: AbortSignal) => Promise<string>
  /**
   * Verifies an id; `undefined` if it isn't ours, or is older than two rotations.
   *
   * @throws what the keys throw.
   */
  verify: (decisionId: string, signal?: AbortSignal) => Promise<SignedDecision | undefined>
}

export interface DecisionIdsOptions {
  keys: Keys
  randomBytes: RandomBytes
}

/**
 * The longest id has some 12,000 characters: a policy and four parents, each with 128 bytes of a name and 256 of a
 * subject, each of which JSON may escape by six characters.
 */
const MAX_LENGTH = 16_384
/** The first byte of an id. Another layout gets another number. */
const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 32

const nonces = new WeakMap<readonly Charge[], Uint8Array>()

/**
 * Creates ids of decisions: the charges, signed with HMAC-SHA-256, so that a refund needs no record of the decision, and
 * nobody can forge one. An id is base64url of: format, length of the key's id, that id, nonce, charges as JSON, tag. It
 * can be read: its holder learns the subject.
 */
export function createDecisionIds({ keys, randomBytes }: DecisionIdsOptions): DecisionIds {
  return {
    async sign(charges, signal) {
      const { id, secret } = await keys.signingKey(signal)
      const nonce = nonces.get(charges) ?? randomBytes(NONCE_BYTES)
      nonces.set(charges, nonce)
      const data = Buffer.concat([
        Buffer.of(FORMAT, Buffer.byteLength(id)),
        Buffer.from(id),
        nonce,
        Buffer.from(JSON.stringify(charges.map(toRow))),
      ])
      return Buffer.concat([data, tagOf(data, secret)]).toString('base64url')
    },
    async verify(decisionId, signal) {
      const parts = parse(decisionId)
      const key = parts && (await keys.verifyingKey(parts.keyId, signal))
      if (!key || !timingSafeEqual(tagOf(parts.data, key.secret), parts.tag)) return undefined
      const rows: Row[] = JSON.parse(parts.text)
      return { nonce: parts.nonce, charges: rows.map(toCharge) }
    },
  }
}

type Row = [pk: string, sk: string, attribute: string, cost: number, until: number, amount?: string]

function toRow({ pk, sk, attribute, cost, until, amount }: Charge): Row {
  return amount === undefined ? [pk, sk, attribute, cost, until] : [pk, sk, attribute, cost, until, amount]
}

function toCharge([pk, sk, attribute, cost, until, amount]: Row): Charge {
  return { pk, sk, attribute, cost, until, ...(amount !== undefined && { amount }) }
}

function parse(decisionId: string) {
  if (decisionId.length > MAX_LENGTH) return undefined
  const bytes = Buffer.from(decisionId, 'base64url')
  // Node skips what isn't base64url, and the last character has bits to spare: one decision, one spelling.
  if (bytes.toString('base64url') !== decisionId) return undefined
  const nonceAt = 2 + (bytes[1] ?? 0)
  const tagAt = bytes.length - TAG_BYTES
  if (bytes[0] !== FORMAT || tagAt < nonceAt + NONCE_BYTES) return undefined
  return {
    keyId: bytes.toString('utf8', 2, nonceAt),
    nonce: bytes.toString('base64url', nonceAt, nonceAt + NONCE_BYTES),
    text: bytes.toString('utf8', nonceAt + NONCE_BYTES, tagAt),
    data: bytes.subarray(0, tagAt),
    tag: bytes.subarray(tagAt),
  }
}

function tagOf(data: Buffer, secret: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'stackyard/decision-id', TAG_BYTES))
  return createHmac('sha256', key).update(data).digest()
}
