import {
  type ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemInput,
  PutItemCommand,
  type PutItemInput,
  UpdateItemCommand,
  type UpdateItemInput,
} from '@aws-sdk/client-dynamodb'
import { isRefusal } from '../aws/call-errors.ts'
import type { CallOptions } from '../aws/create-send.ts'
import type { DynamoDB } from '../aws/dynamodb.ts'
import type { Item } from './table.ts'

/** The outcome of a conditional write. */
export type WriteOutcome =
  | { outcome: 'written'; item: Item | undefined }
  /** The condition failed; `item` is the item that exists, if any. */
  | { outcome: 'refused'; item: Item | undefined }

export type ConditionalWrite =
  | { operation: 'DeleteItem'; input: DeleteItemInput }
  | { operation: 'PutItem'; input: PutItemInput }
  | { operation: 'UpdateItem'; input: UpdateItemInput }

/**
 * Makes a conditional write, whose failed condition is an outcome, not an error. The outcome includes the existing
 * item, which saves a read, and lets the caller recognise its own earlier attempt: let each write store the id of its
 * operation, and compare it.
 *
 * @returns the item after an update, the item before a delete, and nothing after a put.
 */
export async function conditionalWrite(
  client: DynamoDB,
  write: ConditionalWrite,
  options: CallOptions,
): Promise<WriteOutcome> {
  try {
    const { Attributes } = await client.send(toCommand(write), options)
    return { outcome: 'written', item: Attributes }
  } catch (error) {
    if (!isRefusal<ConditionalCheckFailedException>(error, 'ConditionalCheckFailedException')) throw error
    return { outcome: 'refused', item: error.Item }
  }
}

function toCommand({ operation, input }: ConditionalWrite) {
  const refused = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
  switch (operation) {
    case 'DeleteItem':
      return new DeleteItemCommand({ ...input, ...refused, ReturnValues: 'ALL_OLD' })
    case 'PutItem':
      return new PutItemCommand({ ...input, ...refused, ReturnValues: 'NONE' })
    case 'UpdateItem':
      return new UpdateItemCommand({ ...input, ...refused, ReturnValues: 'ALL_NEW' })
  }
}
