import { randomUUID } from 'node:crypto'
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { sdkConfig, tableName } from './cloud.ts'

const made: string[] = []
afterAll(() =>
  withClient(async (client) => {
    for (const TableName of made) await client.send(new DeleteTableCommand({ TableName }))
  }),
)

/** The keys that all systems' tables have. */
const KEYS = {
  AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
}

/**
 * Returns the name of a new table, deleted after the file. In the deployed table the system's functions would interfere:
 * a sweep would change items that a store's test has just written, and each write would trigger a publisher.
 *
 * @param stack the stack whose only table's indexes the new table gets; without it there are none.
 */
export function ownTable(stack?: string): Promise<string> {
  return withClient(async (client) => {
    const TableName = `test-${randomUUID()}`
    const schema = stack === undefined ? KEYS : await schemaOf(client, stack)
    await client.send(new CreateTableCommand({ TableName, BillingMode: 'PAY_PER_REQUEST', ...schema }))
    made.push(TableName)
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName })
    return TableName
  })
}

async function schemaOf(client: DynamoDBClient, stack: string) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: await tableName(stack) }))
  return {
    AttributeDefinitions: Table?.AttributeDefinitions,
    KeySchema: Table?.KeySchema,
    GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
  }
}

async function withClient<T>(work: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient(sdkConfig)
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
