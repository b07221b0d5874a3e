import type {
  AttributeValue,
  DeleteItemInput,
  GetItemInput,
  PutItemInput,
  UpdateItemInput,
} from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../../functions/shared/data/table.ts'
import { type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'
import { expressionReader, holds, invalid, updated } from './expressions.ts'

/** One table in memory: each call is done at once and as a whole, as DynamoDB does it with an item. */
export interface FakeTable {
  dynamodb: DynamoDBCall
  items: () => Item[]
  /** Deletes what has expired, as DynamoDB does sooner or later; `now` in milliseconds since the epoch. */
  sweep: (now: number) => void
}

type Input = DeleteItemInput & PutItemInput & UpdateItemInput & GetItemInput

export function fakeTable(): FakeTable {
  const items = new Map<string, Item>()
  const execute = async (operation: string, input: Input) => {
    const key = input.Item ?? input.Key ?? {}
    const id = JSON.stringify([key.pk?.S, key.sk?.S])
    const before = items.get(id)
    if (operation === 'GetItem') return before ? { Item: before } : {}
    const after = afterWrite(operation, input, before)
    if (after) items.set(id, after)
    else items.delete(id)
    const returned = { ALL_NEW: after, ALL_OLD: before, NONE: undefined }[String(input.ReturnValues ?? 'NONE')]
    return returned ? { Attributes: returned } : {}
  }
  return {
    dynamodb: execute as DynamoDBCall,
    items: () => [...items.values()],
    sweep(now) {
      for (const [id, { ttl }] of items) if (ttl?.N !== undefined && Number(ttl.N) * 1000 <= now) items.delete(id)
    },
  }
}

/** Returns the item after a write. */
function afterWrite(operation: string, input: Input, before: Item | undefined): Item | undefined {
  const expressions = expressionReader(input)
  const isAllowed = !input.ConditionExpression || holds(expressions.read(input.ConditionExpression), before ?? {})
  const after = {
    DeleteItem: () => undefined,
    PutItem: () => input.Item as Record<string, AttributeValue>,
    UpdateItem: () => updated(expressions.read(input.UpdateExpression ?? ''), before ?? { ...input.Key }),
  }[operation]
  if (!after) throw invalid(`There is no ${operation} here`)
  const result = after()
  expressions.finish()
  if (!isAllowed) throw refused(input, before)
  return result
}

function refused(input: Input, before: Item | undefined): Error {
  return refusal('ConditionalCheckFailedException', {
    message: 'The conditional request failed',
    ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before && { Item: before }),
  })
}
