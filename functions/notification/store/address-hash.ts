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

/** Returns the keyed hash of an address, by which its standing is found without its text. */
export type HashAddress = (of: TenantAddress, signal: AbortSignal) => Promise<string>

export interface AddressHashOptions extends Table {
  randomBytes: RandomBytes
}

const KEY_BYTES = 32
/** The tenants whose keys an environment remembers. */
const MAX_KEYS = 1000

/**
 * Creates the hash of addresses: HMAC-SHA-256 (RFC 2104) with a key of the tenant's own, so that tenants can't be
 * compared and a hash says nothing to whoever doesn't have the key.
 *
 * The key is an item of the table and not a secret of its own: opt-outs must outlive every rotation of secrets, and a
 * table that is restored from a backup needs exactly the key that its hashes were made with.
 */
export function createHashAddress({ client, tableName, randomBytes }: AddressHashOptions): HashAddress {
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

  return async ({ tenant, channel, address }, signal) => {
    const key = await keyOf(tenant, signal)
    return createHmac('sha256', key).update(normalAddress(channel, address)).digest('base64url')
  }
}

function toKeyBytes(item: Item | undefined): Buffer | undefined {
  return item?.key?.B && Buffer.from(item.key.B)
}
