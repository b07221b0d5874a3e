import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { dependencyError } from '../shared/data/dependency-error.ts'
import type { Link } from './link.ts'

/** Links in DynamoDB: one item a link, `pk = L#<code>`, `sk = link`. */
export interface LinkStore {
  /**
   * Stores a link unless its code was ever given out. Safe to repeat: a link that is stored already, because an
   * answer was lost and the SDK tried again, counts as inserted.
   *
   * @throws AppError `dependency-failed`
   */
  insert: (link: Link) => Promise<'inserted' | 'taken'>
  /** @throws AppError `dependency-failed` */
  read: (code: string, options: { consistent: boolean }) => Promise<Link | undefined>
  /**
   * Reads a key that no link has: proves that the table answers, and opens the connection.
   *
   * @throws AppError `dependency-failed`
   */
  ping: () => Promise<void>
}

export function createLinkStore(client: DynamoDBClient, tableName: string): LinkStore {
  const getItem = async (code: string, consistent: boolean) => {
    try {
      const command = new GetItemCommand({ TableName: tableName, Key: keyOf(code), ConsistentRead: consistent })
      return (await client.send(command)).Item
    } catch (error) {
      throw dependencyError('Reading a link', error)
    }
  }
  return {
    async insert(link) {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: toItem(link),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        return 'inserted'
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw dependencyError('Storing a link', error)
        return error.Item?.version?.S === link.version ? 'inserted' : 'taken'
      }
    },
    async read(code, { consistent }) {
      const item = await getItem(code, consistent)
      return item && toLink(item)
    },
    async ping() {
      await getItem('', false)
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
