import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import { tracer } from '../usual-way.ts'
import { usualRedirect } from './usual-redirect-route.ts'

// The conventional redirect with the document client, for the comparison of cold starts.

const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))

export const handler = usualRedirect(async (code) => {
  const { Item } = await table.send(
    new GetCommand({ TableName: process.env.TABLE_NAME, Key: { pk: `L#${code}`, sk: 'link' } }),
  )
  return Item
})
