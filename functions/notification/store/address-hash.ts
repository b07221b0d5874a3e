import { createHmac } from 'node:crypto'
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { RandomBytes } from '../../shared/clock.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item, Table } from '../../shared/data/table.ts'
import { AppError } from '../../shared/errors.ts'
import { normalAddress } from '../domain/address.ts'
import type { Channel } from '../domain/channel.ts'
import { toKey } from './items.ts'
import { addressSecretKey } from './keys.ts'

export interface TenantAddress {
  readonly tenant: string
  readonly channel: Channel
  /** In any spelling. */
  readonly address: string
}

/** Returns the HMAC-SHA-256 (RFC 2104) of a text under the tenant's key; texts of one purpose are no others'. */
export type TenantMac = (
  of: { readonly tenant: string; readonly purpose: 'address' | 'unsubscribe'; readonly text: string },
  signal: AbortSignal,
) => Promise<string>

/** Returns the keyed hash of an address, by which its standing is found without its text. */
export type HashAddress = (of: TenantAddress, signal: AbortSignal) => Promise<string>

export interface TenantMacOptions extends Table {
  randomBytes: RandomBytes
}

const KEY_BYTES = 32
/** The tenants whose keys an environment remembers. */
const MAX_KEYS = 1000

/** Creates the hash of addresses, in any spelling: it says nothing to whoever doesn't have the tenant's key. */
export function createHashAddress(mac: TenantMac): HashAddress {
  return ({ tenant, channel, address }, signal) =>
    mac({ tenant, purpose: 'address', text: normalAddress(channel, address) }, signal)
}

/**
 * Creates the keyed hashes of tenants, each with a key of its own, so that the addresses of two can't be compared.
 *
 * The key is an item of the table and not a secret of its own: opt-outs must outlive every rotation of secrets, and a
 * table that is restored from a backup needs exactly the key that its hashes were made with.
 */
export function createTenantMac({ client, tableName, randomBytes }: TenantMacOptions): TenantMac {
  const known = new Map<string, Buffer>()

  async function keyOf(tenant: string, signal: AbortSignal): Promise<Buffer> {
    const key = known.get(tenant) ?? (await readKey(tenant, signal)) ?? (await makeKey(tenant, signal))
    if (known.size >= MAX_KEYS) known.clear()
    known.set(tenant, key)
    return key
  }
  async function readKey(tenant: string, signal: AbortSignal): Promise<Buffer | undefined> {
    const input = { TableName: tableName, Key: toKey(addressSecretKey(tenant)), ConsistentRead: true }
    return toKeyBytes((await client.send(new GetItemCommand(input), { signal })).Item)
  }
  /** Makes the first key; if another environment was faster, its key counts. */
  async function makeKey(tenant: string, signal: AbortSignal): Promise<Buffer> {
    const key = Buffer.from(randomBytes(KEY_BYTES))
    const input = {
      TableName: tableName,
      Item: { ...toKey(addressSecretKey(tenant)), key: { B: key } },
      ConditionExpression: 'attribute_not_exists(pk)',
    }
    const { outcome, item } = await conditionalWrite(client, { operation: 'PutItem', input }, { signal })
    const stored = outcome === 'written' ? key : toKeyBytes(item)
    if (!stored)
      throw new AppError('conflict', 'The key of addresses was deleted while it was read', { retryable: true })
    return stored
  }

  return async ({ tenant, purpose, text }, signal) => {
    const key = await keyOf(tenant, signal)
    return createHmac('sha256', key).update(`${purpose}#${text}`).digest('base64url')
  }
}

function toKeyBytes(item: Item | undefined): Buffer | undefined {
  return item?.key?.B && Buffer.from(item.key.B)
}
