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

/**
 * Returns the name of a new table with the keys and indexes of a stack's only one, deleted after the file. In the
 * deployed table the system's functions would interfere: a sweep would change items that a store's test has just
 * written, and each write would trigger a publisher.
 */
export function ownTable(stack: string): Promise<string> {
  return withClient(async (client) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: await tableName(stack) }))
    const TableName = `test-${randomUUID()}`
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: Table?.AttributeDefinitions,
        KeySchema: Table?.KeySchema,
        GlobalSecondaryIndexes: Table?.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
          IndexName,
          KeySchema,
          Projection,
        })),
      }),
    )
    made.push(TableName)
    await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { TableName })
    return TableName
  })
}

async function withClient<T>(work: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient(sdkConfig)
  try {
    return await work(client)
  } finally {
    client.destroy()
  }
}
