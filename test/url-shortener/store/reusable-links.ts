import { createHash, randomUUID } from 'node:crypto'
import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import type { NewLink } from '../../../functions/url-shortener/manage/create-link.ts'
import { callOf } from '../../support/fake-dynamodb.ts'
import { aLink } from '../a-link.ts'
import { linkTable, newState } from './link-table.ts'

/** A time so long after the creation of other links that their stale pointers are deleted. */
export const LATER = '2026-03-12T19:09:00.000Z'

/** Creates a target that no other test has. */
export const newUrl = () => `https://example.com/${randomUUID()}`

/** Creates a table of its own, with creations for and with reuse, and reads and writes of pointers. */
export async function reusableLinks() {
  const links = await linkTable()
  return {
    ...links,
    /** Creates a plain link that later requests may reuse. */
    offer: (url: string, more: Partial<Link> = {}) => links.insert(newState({ url, ...more }), { sharing: 'offer' }),
    /** Creates a plain link, or returns an existing one. */
    reuse: (url: string, more: Partial<Link> = {}, made: Partial<NewLink> = {}) =>
      links.insert(newState({ url, ...more }), { sharing: 'reuse', ...made }),
    /** Returns the codes in the pointers of a target, without the claim. */
    async pointersOf(url: string): Promise<(string | undefined)[]> {
      const { Items = [] } = await callOf(links.dynamodb)('Query', {
        TableName: links.table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :plain)',
        ExpressionAttributeValues: { ':pk': { S: partitionOf(url) }, ':plain': { S: 'plain#' } },
        ConsistentRead: true,
      })
      return Items.map((item) => item.code?.S)
    },
    /** Writes a pointer as the creation of a link does. */
    async writePointer(url: string, code: string, createdAt = aLink().createdAt) {
      const key = { pk: { S: partitionOf(url) }, sk: { S: `plain#${createdAt}#${code}` } }
      const Item = { ...key, code: { S: code }, offeredAt: { S: createdAt } }
      await callOf(links.dynamodb)('PutItem', { TableName: links.table, Item })
    },
  }
}

export type ReusableLinks = Awaited<ReturnType<typeof reusableLinks>>

/** Returns the code of a created or reused link. */
export function codeOf(result: Awaited<ReturnType<ReusableLinks['reuse']>>): string {
  return result === 'taken' ? result : result.state.link.code
}

const partitionOf = (url: string) => `U#acme#${createHash('sha256').update(url).digest('base64url')}`
