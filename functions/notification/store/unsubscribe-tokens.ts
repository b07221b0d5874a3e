import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import type { FindUnsubscription, IssueUnsubscribeToken, Unsubscription } from '../domain/unsubscription.ts'
import type { HashAddress, TenantMac } from './address-hash.ts'
import { fromItem, toItem, toKey } from './items.ts'
import { unsubscribeTokenKey } from './keys.ts'

export interface UnsubscribeTokensOptions extends Table {
  mac: TenantMac
  hashAddress: HashAddress
  now: Clock
}

const DAY_MS = 86_400_000
/** A token is valid for a year from the end of the span in which it was issued. */
const SPAN_MS = 30 * DAY_MS
const VALID_MS = 366 * DAY_MS
/** The tokens that an environment remembers to have stored. */
const MAX_REMEMBERED = 10_000

/**
 * Creates the issue of tokens. All mails of a category to one mailbox have the same token for a month, so that a repeated
 * delivery is the same mail, and its item is written once. It rejects as `DynamoDB` does.
 */
export function createIssueUnsubscribeToken(options: UnsubscribeTokensOptions): IssueUnsubscribeToken {
  const { client, tableName, mac, hashAddress, now } = options
  const stored = new Set<string>()
  return async ({ tenant, category, address }, signal) => {
    const hash = await hashAddress({ tenant, channel: 'email', address }, signal)
    const span = Math.floor(now() / SPAN_MS)
    const token = await mac({ tenant, purpose: 'unsubscribe', text: JSON.stringify([category, hash, span]) }, signal)
    if (stored.has(token)) return token
    const expiresAt = (span + 1) * SPAN_MS + VALID_MS
    const item = { ...unsubscribeTokenKey(token), tenant, hash, category, expiresAt, ttl: Math.ceil(expiresAt / 1000) }
    await client.send(new PutItemCommand({ TableName: tableName, Item: toItem(item) }), { signal })
    if (stored.size >= MAX_REMEMBERED) stored.clear()
    stored.add(token)
    return token
  }
}

/** Creates the search for what a token stands for. It rejects as `DynamoDB` does. */
export function createFindUnsubscription({ client, tableName, now }: Table & { now: Clock }): FindUnsubscription {
  return async (token, signal) => {
    const Key = toKey(unsubscribeTokenKey(token))
    const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }), { signal })
    const found = Item && fromItem<Unsubscription & { expiresAt: number }>(Item)
    if (!found || found.expiresAt <= now()) return undefined
    const { tenant, hash, category } = found
    return { tenant, hash, category }
  }
}
