import { generateKeyPairSync, sign } from 'node:crypto'
import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../clock.ts'
import type { Item, Table } from '../../data/table.ts'
import { boundedMap } from '../counters/bounded-map.ts'
import { ttlAfter } from '../counters/counter.ts'

/** The key pair by which one environment signs its decisions. */
export interface DecisionKey {
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Buffer
  /** Returns the 64 bytes of an Ed25519 signature. */
  sign: (data: Buffer) => Buffer
  /**
   * Stores the public key, unless that was done within a day. A decision that was signed before can be refunded from
   * then on.
   *
   * @throws as `DynamoDB` does.
   */
  store: (signal?: AbortSignal) => Promise<void>
}

/** Checks whether an environment stored this key. @throws as `DynamoDB` does. */
export type IsKnownKey = (publicKey: Buffer, signal?: AbortSignal) => Promise<boolean>

const DAY_MS = 86_400_000
/** The time for which a stored key verifies: longer than a window of a year, whose refunds need it. */
const KEPT_MS = 2 * 366 * DAY_MS
/** The keys that an environment remembers as known. */
const MAX_KNOWN = 1000

/**
 * Creates a key pair, whose private half exists in the memory of this environment alone. Nobody has to keep, rotate or
 * read a secret, and a signature takes no call. The public half is stored as `pk = K#<public key>`, `sk = key`: whoever
 * can write there can also write counters.
 */
export function createDecisionKey({ client, tableName, now }: Table & { now: Clock }): DecisionKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const raw = Buffer.from(x, 'base64url')
  let storedAt = Number.NEGATIVE_INFINITY
  return {
    publicKey: raw,
    sign: (data) => sign(null, data, privateKey),
    async store(signal) {
      const at = now()
      if (at - storedAt < DAY_MS) return
      const input = {
        TableName: tableName,
        Key: keyOf(raw),
        UpdateExpression: 'SET #ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':ttl': ttlAfter(at + KEPT_MS) },
      }
      await client.send(new UpdateItemCommand(input), { signal })
      storedAt = at
    },
  }
}

/** Looks for keys in the table, consistently: a refund may follow at once. Known ones are remembered. */
export function createIsKnownKey({ client, tableName }: Table): IsKnownKey {
  const known = boundedMap<true>(MAX_KNOWN)
  return async (publicKey, signal) => {
    const name = publicKey.toString('base64url')
    if (known.get(name)) return true
    const input = { TableName: tableName, Key: keyOf(publicKey), ConsistentRead: true, ProjectionExpression: 'pk' }
    const { Item: found } = await client.send(new GetItemCommand(input), { signal })
    if (found) known.set(name, true)
    return found !== undefined
  }
}

function keyOf(publicKey: Buffer): Item {
  return { pk: { S: `K#${publicKey.toString('base64url')}` }, sk: { S: 'key' } }
}
