import * as sdk from '@aws-sdk/client-dynamodb'
import type { CallOptions, Command } from '../../functions/shared/aws/create-send.ts'
import type { DynamoDB } from '../../functions/shared/aws/dynamodb.ts'

/** What DynamoDB takes and gives, by operation. */
export interface DynamoDBOperations {
  BatchGetItem: [sdk.BatchGetItemInput, sdk.BatchGetItemOutput]
  DeleteItem: [sdk.DeleteItemInput, sdk.DeleteItemOutput]
  GetItem: [sdk.GetItemInput, sdk.GetItemOutput]
  PutItem: [sdk.PutItemInput, sdk.PutItemOutput]
  Query: [sdk.QueryInput, sdk.QueryOutput]
  TransactWriteItems: [sdk.TransactWriteItemsInput, sdk.TransactWriteItemsOutput]
  UpdateItem: [sdk.UpdateItemInput, sdk.UpdateItemOutput]
}

/** DynamoDB as tables in memory and bad networks stand for it: a call is the operation's name and its input. */
export type DynamoDBCall = <Name extends keyof DynamoDBOperations>(
  operation: Name,
  input: DynamoDBOperations[Name][0],
  options?: CallOptions,
) => Promise<DynamoDBOperations[Name][1]>

/** The client of such a table: it is sent the SDK's own commands. */
export function clientOf(call: DynamoDBCall): DynamoDB {
  return fakeClient(call as (operation: string, input: never) => Promise<unknown>)
}

/** A client of any service that hands each command's operation and input to `call`. */
export function fakeClient<Client>(
  call: (operation: string, input: never, options?: CallOptions) => Promise<unknown>,
): Client {
  const send = (command: Command<never, unknown>, options?: CallOptions) =>
    call(command.constructor.name.replace(/Command$/, ''), command.input as never, options)
  return { send } as Client
}

const COMMANDS = {
  BatchGetItem: sdk.BatchGetItemCommand,
  DeleteItem: sdk.DeleteItemCommand,
  GetItem: sdk.GetItemCommand,
  PutItem: sdk.PutItemCommand,
  Query: sdk.QueryCommand,
  TransactWriteItems: sdk.TransactWriteItemsCommand,
  UpdateItem: sdk.UpdateItemCommand,
}

/** A real client, to be called as tables in memory are. */
export function callOf(client: DynamoDB): DynamoDBCall {
  const call = (operation: keyof DynamoDBOperations, input: never, options?: CallOptions) => {
    const Operation = COMMANDS[operation] as new (input: never) => sdk.GetItemCommand
    return client.send(new Operation(input), options)
  }
  return call as DynamoDBCall
}

/** What the SDK throws when a service refuses a request. */
export function refusal(name: string, fields: object = {}): Error {
  const message = `${name} of a test`
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: 400 }, ...fields })
}
