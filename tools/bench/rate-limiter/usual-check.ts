import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { tracer } from '../usual-way.ts'
import { usualCheck } from './usual-check-route.ts'

// The conventional check with the document client, for the comparison of cold starts.

const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))
const TableName = process.env.TABLE_NAME

export const handler = usualCheck({
  async readDefinition(tenant, policy) {
    const { Item } = await table.send(new GetCommand({ TableName, Key: { pk: `P#${tenant}`, sk: `policy#${policy}` } }))
    return JSON.parse(Item?.definitionJson)
  },
  async add(counter, cost) {
    const { Attributes } = await table.send(
      new UpdateCommand({
        TableName,
        Key: { pk: counter, sk: 'quota' },
        UpdateExpression: 'ADD used :cost',
        ExpressionAttributeValues: { ':cost': cost },
        ReturnValues: 'ALL_NEW',
      }),
    )
    return Number(Attributes?.used)
  },
})
