import { randomUUID } from 'node:crypto'
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CREDENTIALS, REGION } from '../../support/settings.ts'
import type { Contender } from './contenders.ts'

/** Creates the table that each limiter needs, and deletes both afterwards. */
export async function withTables(
  endpoint: string,
  work: (tableOf: (contender: Contender) => string) => Promise<void>,
): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS })
  const run = randomUUID()
  const keys = { [`bench-ours-${run}`]: ['pk', 'sk'], [`bench-peer-${run}`]: ['key'] }
  try {
    for (const [name, attributes] of Object.entries(keys)) await client.send(create(name, attributes))
    await work((contender) => `bench-${contender.startsWith('flexible') ? 'peer' : 'ours'}-${run}`)
  } finally {
    for (const TableName of Object.keys(keys)) {
      // A table that was never created can't be deleted.
      await client.send(new DeleteTableCommand({ TableName })).catch(() => undefined)
    }
    client.destroy()
  }
}

function create(TableName: string, attributes: string[]): CreateTableCommand {
  return new CreateTableCommand({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: attributes.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
  })
}
