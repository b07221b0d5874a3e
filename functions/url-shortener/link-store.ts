import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../shared/aws/aws-error.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import type { Link } from './link.ts'

/** Links in DynamoDB: one item a link, `pk = L#<code>`, `sk = link`. All reject as `DynamoDB` does. */
export interface LinkStore {
  /**
   * Stores a link unless its code was ever given out. Safe to repeat: a link that is stored already, because an
   * answer was lost and the write was tried again, counts as inserted.
   */
  insert: (link: Link) => Promise<'inserted' | 'taken'>
  read: (code: string, options: { consistent: boolean }) => Promise<Link | undefined>
  /** Reads a key that no link has: proves that the table answers, and opens the connection. */
  ping: () => Promise<void>
}

export function createLinkStore(dynamodb: DynamoDB, tableName: string): LinkStore {
  return {
    async insert(link) {
      try {
        await dynamodb('PutItem', {
          TableName: tableName,
          Item: toItem(link),
          ConditionExpression: 'attribute_not_exists(pk)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        })
        return 'inserted'
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error
        const present = error.fields.Item as Item | undefined
        return present?.version?.S === link.version ? 'inserted' : 'taken'
      }
    },
    async read(code, { consistent }) {
      const { Item } = await dynamodb('GetItem', { TableName: tableName, Key: keyOf(code), ConsistentRead: consistent })
      return Item && toLink(Item)
    },
    async ping() {
      await dynamodb('GetItem', { TableName: tableName, Key: keyOf('') })
    },
  }
}

type Item = Record<string, AttributeValue>

function keyOf(code: string): Item {
  return { pk: { S: `L#${code}` }, sk: { S: 'link' } }
}

const FIELDS = ['code', 'url', 'tenant', 'createdBy', 'createdAt', 'updatedAt', 'version'] as const

function toItem(link: Link): Item {
  return { ...keyOf(link.code), ...Object.fromEntries(FIELDS.map((field) => [field, { S: link[field] }])) }
}

function toLink(item: Item): Link {
  return Object.fromEntries(FIELDS.map((field) => [field, item[field]?.S ?? ''])) as Record<
    (typeof FIELDS)[number],
    string
  >
}
