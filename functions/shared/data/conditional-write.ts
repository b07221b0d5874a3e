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

/** What became of a write with a condition. */
export type WriteOutcome =
  | { outcome: 'written'; item: Item | undefined }
  /** The condition did not hold; `item` is what is there instead, if anything. */
  | { outcome: 'refused'; item: Item | undefined }

export type ConditionalWrite =
  | { operation: 'DeleteItem'; input: DeleteItemInput }
  | { operation: 'PutItem'; input: PutItemInput }
  | { operation: 'UpdateItem'; input: UpdateItemInput }

/**
 * Writes under a condition that may fail, which is an outcome and no error. What the table holds instead comes with it,
 * so that nobody has to read it, and so that a write that was tried again can be told from somebody else's: let each
 * write leave the id of its operation, and look for it.
 *
 * @returns the item after an update, the one before a delete, nothing after a put.
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
  if (operation === 'DeleteItem') return new DeleteItemCommand({ ...input, ...refused, ReturnValues: 'ALL_OLD' })
  if (operation === 'PutItem') return new PutItemCommand({ ...input, ...refused, ReturnValues: 'NONE' })
  return new UpdateItemCommand({ ...input, ...refused, ReturnValues: 'ALL_NEW' })
}
