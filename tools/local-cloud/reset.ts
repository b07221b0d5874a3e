import { BatchWriteItemCommand, DescribeTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import { PurgeQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { step } from '../support/progress.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import { withLock } from './lock.ts'
import { runningCloud } from './running.ts'
import { allResources } from './stacks.ts'

/** The maximum of items in a batch of DynamoDB. */
const BATCH = 25

/** `npm run reset`: empties the tables and queues of all stacks; stacks, issuer and keys stay. */
export async function reset(): Promise<void> {
  const cloud = await runningCloud()
  await withLock(cloud, () =>
    step('Emptying tables and queues', async () => {
      await emptyTables(cloud)
      await emptyQueues(cloud)
    }),
  )
}

async function emptyTables(cloud: LocalCloud): Promise<void> {
  const client = new DynamoDBClient(clientConfig(cloud))
  for (const { physicalId } of await allResources(cloud, 'AWS::DynamoDB::Table')) await emptyTable(client, physicalId)
  client.destroy()
}

async function emptyTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  const names = Table?.KeySchema?.map(({ AttributeName = '' }) => AttributeName) ?? []
  const projection = {
    ProjectionExpression: names.map((_, index) => `#k${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#k${index}`, name])),
  }
  for await (const page of paginateScan({ client, pageSize: BATCH }, { TableName: tableName, ...projection })) {
    const requests = (page.Items ?? []).map((Key) => ({ DeleteRequest: { Key } }))
    if (requests.length > 0) await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }))
  }
}

async function emptyQueues(cloud: LocalCloud): Promise<void> {
  // The URLs name localhost, which may resolve to ::1, where nothing listens.
  const client = new SQSClient({ ...clientConfig(cloud), useQueueUrlAsEndpoint: false })
  for (const { physicalId } of await allResources(cloud, 'AWS::SQS::Queue')) {
    await client.send(new PurgeQueueCommand({ QueueUrl: physicalId }))
  }
  client.destroy()
}
