import { createPublicKey, verify } from 'node:crypto'
import type { RandomBytes } from '../../clock.ts'
import type { Charge } from '../policy.ts'
import type { DecisionKey, IsKnownKey } from './decision-key.ts'

/** The decision that an id proves. */
export interface SignedDecision {
  /** Belongs to this decision alone. */
  readonly nonce: string
  /** Empty when nothing was charged. */
  readonly charges: readonly Charge[]
}

/**
 * Signs the id of a decision, by its own `charges` object: signed again, it may have another id, but is refunded once
 * all the same. A copy of the charges would be another decision.
 */
export type SignDecision = (charges: readonly Charge[]) => string

/**
 * Verifies an id; `undefined` if it isn't ours.
 *
 * @throws what `IsKnownKey` throws.
 */
export type VerifyDecision = (decisionId: string, signal?: AbortSignal) => Promise<SignedDecision | undefined>

/**
 * The longest id has some 12,000 characters: a policy and four parents, each with 128 bytes of a name and 256 of a
 * subject, each of which JSON may escape by six characters.
 */
const MAX_LENGTH = 16_384
/** The first byte of an id. Another layout gets another number. */
const FORMAT = 2
const KEY_BYTES = 32
const NONCE_BYTES = 12
const SIGNATURE_BYTES = 64

const nonces = new WeakMap<readonly Charge[], Uint8Array>()

/**
 * Signs ids of decisions: the charges, signed with Ed25519 (RFC 8032), so that a refund needs no record of the decision,
 * and nobody can forge one. An id is base64url of: format, public key, nonce, charges as JSON, signature. It can be read:
 * its holder learns the subject.
 */
export function createSignDecision({
  key,
  randomBytes,
}: {
  key: Pick<DecisionKey, 'publicKey' | 'sign'>
  randomBytes: RandomBytes
}): SignDecision {
  return (charges) => {
    const nonce = nonces.get(charges) ?? randomBytes(NONCE_BYTES)
    nonces.set(charges, nonce)
    const text = Buffer.from(JSON.stringify(charges.map(toRow)))
    const data = Buffer.concat([Buffer.of(FORMAT), key.publicKey, nonce, text])
    return Buffer.concat([data, key.sign(data)]).toString('base64url')
  }
}

/** Verifies the signature first, which takes no call, and then that its key is one of ours. */
export function createVerifyDecision({ isKnown }: { isKnown: IsKnownKey }): VerifyDecision {
  return async (decisionId, signal) => {
    const parts = parse(decisionId)
    if (!parts || !isSigned(parts) || !(await isKnown(parts.publicKey, signal))) return undefined
    const rows: Row[] = JSON.parse(parts.text)
    return { nonce: parts.nonce, charges: rows.map(toCharge) }
  }
}

type Row = [pk: string, sk: string, attribute: string, cost: number, until: number, amount?: string]

function toRow({ pk, sk, attribute, cost, until, amount }: Charge): Row {
  return amount === undefined ? [pk, sk, attribute, cost, until] : [pk, sk, attribute, cost, until, amount]
}

function toCharge([pk, sk, attribute, cost, until, amount]: Row): Charge {
  return { pk, sk, attribute, cost, until, ...(amount !== undefined && { amount }) }
}

interface Parts {
  publicKey: Buffer
  nonce: string
  text: string
  data: Buffer
  signature: Buffer
}

function parse(decisionId: string): Parts | undefined {
  if (decisionId.length > MAX_LENGTH) return undefined
  const bytes = Buffer.from(decisionId, 'base64url')
  // Node skips what isn't base64url, and the last character has bits to spare: one decision, one spelling.
  if (bytes.toString('base64url') !== decisionId) return undefined
  const nonceAt = 1 + KEY_BYTES
  const textAt = nonceAt + NONCE_BYTES
  const signatureAt = bytes.length - SIGNATURE_BYTES
  if (bytes[0] !== FORMAT || signatureAt < textAt) return undefined
  return {
    publicKey: bytes.subarray(1, nonceAt),
    nonce: bytes.toString('base64url', nonceAt, textAt),
    text: bytes.toString('utf8', textAt, signatureAt),
    data: bytes.subarray(0, signatureAt),
    signature: bytes.subarray(signatureAt),
  }
}

function isSigned({ publicKey, data, signature }: Parts): boolean {
  const key = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') }
  return verify(null, data, createPublicKey({ key, format: 'jwk' }), signature)
}
