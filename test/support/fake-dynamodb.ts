import * as sdk from '@aws-sdk/client-dynamodb'
import type { CallOptions, Command } from '../../functions/shared/aws/create-send.ts'
import type { DynamoDB } from '../../functions/shared/aws/dynamodb.ts'

/** Inputs and outputs of DynamoDB, by operation. */
export interface DynamoDBOperations {
  BatchGetItem: [sdk.BatchGetItemInput, sdk.BatchGetItemOutput]
  DeleteItem: [sdk.DeleteItemInput, sdk.DeleteItemOutput]
  GetItem: [sdk.GetItemInput, sdk.GetItemOutput]
  PutItem: [sdk.PutItemInput, sdk.PutItemOutput]
  Query: [sdk.QueryInput, sdk.QueryOutput]
  TransactWriteItems: [sdk.TransactWriteItemsInput, sdk.TransactWriteItemsOutput]
  UpdateItem: [sdk.UpdateItemInput, sdk.UpdateItemOutput]
}

/**
 * A fake of DynamoDB, such as tables in memory or a broken network: it is called with the operation's name and its
 * input.
 */
export type DynamoDBCall = <Name extends keyof DynamoDBOperations>(
  operation: Name,
  input: DynamoDBOperations[Name][0],
  options?: CallOptions,
) => Promise<DynamoDBOperations[Name][1]>

/** Wraps a fake as a client, which is sent the SDK's own commands. */
export function clientOf(call: DynamoDBCall): DynamoDB {
  return fakeClient(call as (operation: string, input: never) => Promise<unknown>)
}

/** Creates a client of any service that passes each command's operation and input to `call`. */
export function fakeClient<Client>(
  call: (operation: string, input: never, options?: CallOptions) => Promise<unknown>,
): Client {
  const send = (command: Command<never, unknown>, options?: CallOptions) =>
    call(command.constructor.name.replace(/Command$/, ''), command.input as never, options)
  return { send } as Client
}

/** The code by which one item of a transaction has it cancelled. */
export interface CancelledBy {
  readonly code: 'TransactionConflict' | 'ConditionalCheckFailed'
  /** The item's place in the transaction. */
  readonly item: number
}

/** Creates a client that cancels the first transactions, one by each of these, and records the tokens of all. */
export function cancellingClient(cancellations: readonly CancelledBy[]) {
  const tokens: (string | undefined)[] = []
  const client = clientOf(async (operation, input) => {
    if (operation !== 'TransactWriteItems') return {}
    const { TransactItems = [], ClientRequestToken } = input as sdk.TransactWriteItemsInput
    const cancelled = cancellations[tokens.length]
    tokens.push(ClientRequestToken)
    if (!cancelled) return {}
    throw cancellation(TransactItems.length, cancelled)
  })
  return { client, tokens }
}

/** Creates the error of a transaction of so many items that is cancelled by one of them. */
export function cancellation(items: number, { code, item }: CancelledBy): Error {
  const CancellationReasons = Array.from({ length: items }, (_, index) => ({ Code: index === item ? code : 'None' }))
  return refusal('TransactionCanceledException', { CancellationReasons })
}

/** Returns so many conflicts about the item in this place, for `cancellingClient`. */
export function conflicts(count: number, item = 0): CancelledBy[] {
  return Array.from({ length: count }, () => ({ code: 'TransactionConflict', item }))
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

/** Wraps a real client so that it can be called like a fake. */
export function callOf(client: DynamoDB): DynamoDBCall {
  const call = (operation: keyof DynamoDBOperations, input: never, options?: CallOptions) => {
    const Operation = COMMANDS[operation] as new (input: never) => sdk.GetItemCommand
    return client.send(new Operation(input), options)
  }
  return call as DynamoDBCall
}

/** Creates the error that the SDK throws when a service refuses a request. */
export function refusal(name: string, fields: object = {}): Error {
  const message = `${name} of a test`
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: 400 }, ...fields })
}
