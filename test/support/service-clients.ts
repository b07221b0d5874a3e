import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { SendMessageCommand } from '@aws-sdk/client-sqs'
import type { CallOptions, ClientOptions, Command } from '../../functions/shared/aws/create-send.ts'
import { createDynamoDB } from '../../functions/shared/aws/dynamodb.ts'
import { createEventBridge } from '../../functions/shared/aws/eventbridge.ts'
import { createSecretsManager } from '../../functions/shared/aws/secrets-manager.ts'
import { createSqs } from '../../functions/shared/aws/sqs.ts'

type Create = (options: ClientOptions) => {
  send: (command: Command<never, object>, options?: CallOptions) => Promise<object>
}

/** A client of the functions, with a command, the request that it sends, and a good answer to it. */
export interface ServiceClient {
  /** The service's name in the credential scope of a signature, in `FAULTS`, and in errors. */
  service: string
  /** The suffix of the variable `AWS_ENDPOINT_URL_<variable>`. */
  variable: string
  create: Create
  command: () => Command<never, object>
  operation: string
  /** The request on the wire. */
  body: object
  /** The header `x-amz-target`, and the version of AWS's JSON protocol. */
  target: string
  version: string
  /** The answer on the wire, and as the client returns it. */
  answer: [object, object]
}

const Entries = [{ EventBusName: 'a-bus', Source: 's', DetailType: 't', Detail: '{}', Time: new Date(1500) }]
const message = { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q', MessageBody: 'hello' }
const read = { TableName: 'links', Key: { pk: { S: 'ü' } } }
const secret = { SecretId: 'a-secret', VersionStage: 'AWSCURRENT' }

/** Every client that functions use. */
export const SERVICE_CLIENTS: ServiceClient[] = [
  {
    service: 'dynamodb',
    variable: 'DYNAMODB',
    create: createDynamoDB as Create,
    command: () => new GetItemCommand(read),
    operation: 'GetItem',
    body: read,
    target: 'DynamoDB_20120810.GetItem',
    version: '1.0',
    answer: [{ Item: { pk: { S: 'ü' } } }, { Item: { pk: { S: 'ü' } } }],
  },
  {
    service: 'sqs',
    variable: 'SQS',
    create: createSqs as Create,
    command: () => new SendMessageCommand(message),
    operation: 'SendMessage',
    body: message,
    target: 'AmazonSQS.SendMessage',
    version: '1.0',
    answer: [{ MessageId: 'm' }, { MessageId: 'm' }],
  },
  {
    service: 'events',
    variable: 'EVENTBRIDGE',
    create: createEventBridge as Create,
    command: () => new PutEventsCommand({ Entries }),
    operation: 'PutEvents',
    body: { Entries: [{ ...Entries[0], Time: 1.5 }] },
    target: 'AWSEvents.PutEvents',
    version: '1.1',
    answer: [{ Entries: [{ EventId: 'e' }] }, { Entries: [{ EventId: 'e' }] }],
  },
  {
    service: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
    create: createSecretsManager as Create,
    command: () => new GetSecretValueCommand(secret),
    operation: 'GetSecretValue',
    body: secret,
    target: 'secretsmanager.GetSecretValue',
    version: '1.1',
    answer: [
      { VersionId: 'v2', CreatedDate: 1.5 },
      { VersionId: 'v2', CreatedDate: new Date(1500) },
    ],
  },
]
