import type { AttributeValue, DeleteItemInput, PutItemInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import { AwsError } from '../aws/aws-error.ts'
import type { CallOptions } from '../aws/house-call.ts'
import type { DynamoDB, DynamoDBOperations } from './dynamodb.ts'

export type Item = Record<string, AttributeValue>

/** What became of a write with a condition. */
export type WriteOutcome =
  | { outcome: 'written'; item: Item | undefined }
  /** The condition did not hold; `item` is what is there instead, if anything. */
  | { outcome: 'refused'; item: Item | undefined }

interface Inputs {
  DeleteItem: DeleteItemInput
  PutItem: PutItemInput
  UpdateItem: UpdateItemInput
}

/**
 * A write whose condition may fail, which is an outcome and no error. What the table holds instead comes with it, so
 * that nobody has to read it, and so that a write that was tried again can be told from somebody else's: let each write
 * leave the id of its operation, and look for it.
 *
 * @returns the item after an update, the one before a delete, nothing after a put.
 */
export async function conditionalWrite<Name extends keyof Inputs>(
  dynamodb: DynamoDB,
  write: { operation: Name; input: Inputs[Name] },
  options: CallOptions,
): Promise<WriteOutcome> {
  const returned = { DeleteItem: 'ALL_OLD', PutItem: 'NONE', UpdateItem: 'ALL_NEW' } as const
  const input = {
    ...write.input,
    ReturnValues: returned[write.operation],
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as DynamoDBOperations[Name][0]
  try {
    const { Attributes } = await dynamodb(write.operation, input, options)
    return { outcome: 'written', item: Attributes }
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error
    return { outcome: 'refused', item: error.fields.Item as Item | undefined }
  }
}
