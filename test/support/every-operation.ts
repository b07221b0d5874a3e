import * as dynamodb from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs'
import { createDynamoDB } from '../../functions/shared/aws/dynamodb.ts'
import { createEventBridge } from '../../functions/shared/aws/eventbridge.ts'
import { createSecretsManager } from '../../functions/shared/aws/secrets-manager.ts'
import { createSqs } from '../../functions/shared/aws/sqs.ts'
import { printOutcomes } from './print-outcomes.ts'

// Makes every call to AWS that the project's functions make, and prints each outcome. sdk-stubs.test.ts bundles this
// file like a function, and runs it in a process of its own.

const options = { now: Date.now, random: () => 0 }
const [db, bus, queues, secrets] = [
  createDynamoDB(options),
  createEventBridge(options),
  createSqs(options),
  createSecretsManager(options),
]
const table = { TableName: 'a-table' }
const Key = { pk: { S: 'a' } }
const once = { once: true, onceMs: 5000 }

const CALLS = {
  BatchGetItem: () => db.send(new dynamodb.BatchGetItemCommand({ RequestItems: { 'a-table': { Keys: [Key] } } }), once),
  DeleteItem: () => db.send(new dynamodb.DeleteItemCommand({ ...table, Key }), once),
  GetItem: () => db.send(new dynamodb.GetItemCommand({ ...table, Key }), once),
  PutItem: () => db.send(new dynamodb.PutItemCommand({ ...table, Item: Key }), once),
  Query: () => db.send(new dynamodb.QueryCommand({ ...table, KeyConditionExpression: 'pk = :pk' }), once),
  TransactWriteItems: () =>
    db.send(new dynamodb.TransactWriteItemsCommand({ TransactItems: [{ Put: { ...table, Item: Key } }] }), once),
  UpdateItem: () => db.send(new dynamodb.UpdateItemCommand({ ...table, Key }), once),
  PutEvents: () => bus.send(new PutEventsCommand({ Entries: [{ Detail: '{}', Time: new Date(0) }] }), once),
  SendMessage: () => queues.send(new SendMessageCommand({ QueueUrl: 'https://q', MessageBody: 'hello' }), once),
  SendMessageBatch: () =>
    queues.send(
      new SendMessageBatchCommand({ QueueUrl: 'https://q', Entries: [{ Id: 'a', MessageBody: 'hello' }] }),
      once,
    ),
  ReceiveMessage: () => queues.send(new ReceiveMessageCommand({ QueueUrl: 'https://q' }), once),
  DeleteMessage: () => queues.send(new DeleteMessageCommand({ QueueUrl: 'https://q', ReceiptHandle: 'r' }), once),
  GetQueueAttributes: () => queues.send(new GetQueueAttributesCommand({ QueueUrl: 'https://q' }), once),
  ChangeMessageVisibilityBatch: () =>
    queues.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: 'https://q',
        Entries: [{ Id: 'a', ReceiptHandle: 'r', VisibilityTimeout: 1 }],
      }),
      once,
    ),
  GetSecretValue: () => secrets.send(new GetSecretValueCommand({ SecretId: 'a-secret' }), once),
}

/** The operations that this program makes. */
export type Operation = keyof typeof CALLS

await printOutcomes(CALLS)
