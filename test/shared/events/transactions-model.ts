import type { TransactWriteItem, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../functions/shared/data/table.ts'
import { type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'

export interface TransactionsModel {
  items: Map<string, Item>
  /** One transaction, all or nothing; a token that was seen changes nothing again. */
  write: (input: TransactWriteItemsInput) => object
}

/**
 * A table that knows of DynamoDB's transactions what an inbox needs: a Put that must be new (`attribute_not_exists(pk)`),
 * and an Update that adds `:by` to `count` while that is below `:max`, where it has a condition.
 */
export function transactionsModel(): TransactionsModel {
  const items = new Map<string, Item>()
  const tokens = new Set<string>()
  return {
    items,
    write({ TransactItems = [], ClientRequestToken: token }) {
      if (token !== undefined && tokens.has(token)) return {}
      const reasons = TransactItems.map((item) => reasonAgainst(item, items))
      if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons)
      for (const item of TransactItems) apply(item, items)
      if (token !== undefined) tokens.add(token)
      return {}
    },
  }
}

/** A client of the model, whose every call goes the way that `through` says. */
export function dynamodbOn(model: TransactionsModel, through: (effect: () => object) => Promise<object>): DynamoDBCall {
  return ((_operation, input) => through(() => model.write(input as TransactWriteItemsInput))) as DynamoDBCall
}

export function cancelled(reasons: readonly { Code: string; Item?: Item | undefined }[]): Error {
  return refusal('TransactionCanceledException', { CancellationReasons: reasons })
}

function reasonAgainst({ Put, Update }: TransactWriteItem, items: ReadonlyMap<string, Item>) {
  const write = Put ?? Update
  const item = items.get(Put?.Item?.pk?.S ?? Update?.Key?.pk?.S ?? '')
  const max = Number(Update?.ExpressionAttributeValues?.[':max']?.N)
  const fails = Put ? item !== undefined : Number(item?.count?.N ?? 0) >= max
  if (!write?.ConditionExpression || !fails) return { Code: 'None' }
  return {
    Code: 'ConditionalCheckFailed',
    ...(write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && { Item: item }),
  }
}

function apply({ Put, Update }: TransactWriteItem, items: Map<string, Item>): void {
  if (Put?.Item) items.set(Put.Item.pk?.S ?? '', Put.Item)
  const key = Update?.Key?.pk?.S
  if (key === undefined) return
  const count = Number(items.get(key)?.count?.N ?? 0) + Number(Update?.ExpressionAttributeValues?.[':by']?.N)
  items.set(key, { ...Update?.Key, count: { N: String(count) } })
}
