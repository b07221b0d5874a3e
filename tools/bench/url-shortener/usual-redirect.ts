import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { tracer } from '../usual-way.ts'
import { usualRedirect } from './usual-redirect-route.ts'

// The conventional redirect with the document client, for the comparison of cold starts.

const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))
// The fake endpoint answers for the queue, too, whatever its URL.
const queue = tracer.captureAWSv3Client(new SQSClient({ md5: false, useQueueUrlAsEndpoint: false }))

export const handler = usualRedirect(async (code) => {
  const { Item } = await table.send(
    new GetCommand({ TableName: process.env.TABLE_NAME, Key: { pk: `L#${code}`, sk: 'link' } }),
  )
  await queue.send(
    new SendMessageCommand({ QueueUrl: process.env.CLICKS_QUEUE_URL, MessageBody: JSON.stringify({ code }) }),
  )
  return Item
})
