import type {
  AttributeValue,
  BatchGetItemInput,
  TransactWriteItemsInput,
  UpdateItemInput,
} from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../../functions/shared/data/table.ts'
import { type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'

// As much of DynamoDB as slots, refunds and the charges that they give back need, with its exact numbers: whatever else
// is met throws. That the engine means the same is shown by memory-table.store.test.ts.

export interface MemoryTable {
  dynamodb: DynamoDBCall
  item: (pk: string, sk: string) => Item | undefined
  items: () => Item[]
}

type Write = Partial<Pick<UpdateItemInput, 'Key' | 'ReturnValuesOnConditionCheckFailure'>> & {
  Item?: Item
  UpdateExpression?: string
  ConditionExpression?: string
  ExpressionAttributeNames?: Record<string, string>
  ExpressionAttributeValues?: Item
}

/** One table in memory: each call is done at once and as a whole. */
export function memoryTable(): MemoryTable {
  const items = new Map<string, Item>()
  const idOf = (key: Item) => JSON.stringify([key.pk?.S, key.sk?.S])
  const idOfWrite = (write: Write) => idOf((write.Item ?? write.Key) as Item)
  const current = (write: Write) => items.get(idOfWrite(write))

  const transact = ({ TransactItems = [] }: TransactWriteItemsInput) => {
    const writes = TransactItems.map(({ Put, Update }) => (Put ?? Update) as Write)
    writes.forEach(refuseUnused)
    const reasons = writes.map((write) =>
      holds(write, current(write)) ? { Code: 'None' } : { Code: 'ConditionalCheckFailed', Item: current(write) },
    )
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw refusal('TransactionCanceledException', { CancellationReasons: reasons })
    }
    const after = writes.map((write) => [idOfWrite(write), write.Item ?? updated(write, current(write))] as const)
    for (const [id, item] of after) items.set(id, item)
    return {}
  }
  const update = (write: Write) => {
    refuseUnused(write)
    const before = current(write)
    if (!holds(write, before)) {
      const Item = write.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before
      throw refusal('ConditionalCheckFailedException', { ...(Item && { Item }) })
    }
    const after = updated(write, before)
    items.set(idOfWrite(write), after)
    return { Attributes: after }
  }
  const batchGet = ({ RequestItems = {} }: BatchGetItemInput) => {
    const found = (Keys: Item[] = []) =>
      Keys.flatMap((key) => [items.get(idOf(key))].filter((item) => item !== undefined))
    const tables = Object.entries(RequestItems).map(([name, { Keys }]) => [name, found(Keys)])
    return { Responses: Object.fromEntries(tables), UnprocessedKeys: {} }
  }
  return {
    dynamodb: (async (operation: string, input: never) => {
      if (operation === 'BatchGetItem') return batchGet(input)
      if (operation === 'TransactWriteItems') return transact(input)
      if (operation === 'UpdateItem') return update(input)
      throw new Error(`There is no ${operation} here.`)
    }) as DynamoDBCall,
    item: (pk, sk) => items.get(idOf({ pk: { S: pk }, sk: { S: sk } })),
    items: () => [...items.values()],
  }
}

const TERM = /^(attribute_exists|attribute_not_exists|size)?\(?([\w#.]+)\)?(?: (<=|>=|<|>|=) (:\w+))?$/

/** Alternatives of terms that hold together; no brackets, but around all of it. */
function holds(write: Write, item: Item = {}): boolean {
  const isTrue = (term: string): boolean => {
    const [, call, path = '', comparator, placeholder] = TERM.exec(term) ?? []
    const found = read(item, segments(write, path))
    if (call === 'attribute_exists') return found !== undefined
    if (call === 'attribute_not_exists') return found === undefined
    if (!comparator) throw new Error(`"${term}" is not understood.`)
    const left = call === 'size' ? found?.M && Object.keys(found.M).length : found?.N
    if (left === undefined) return false
    return compare(BigInt(left), comparator, BigInt(String(write.ExpressionAttributeValues?.[placeholder ?? '']?.N)))
  }
  const condition = write.ConditionExpression?.replace(/^\((.* OR .*)\)$/, '$1')
  return condition === undefined || condition.split(' OR ').some((all) => all.split(' AND ').every(isTrue))
}

/** DynamoDB refuses values that no expression uses. */
function refuseUnused({ ConditionExpression, UpdateExpression, ExpressionAttributeValues = {} }: Write): void {
  const used: string[] = `${ConditionExpression} ${UpdateExpression}`.match(/:\w+/g) ?? []
  const unused = Object.keys(ExpressionAttributeValues).filter((placeholder) => !used.includes(placeholder))
  if (unused.length > 0) throw refusal('ValidationException', { message: `${unused} is not used` })
}

function compare(left: bigint, comparator: string, right: bigint): boolean {
  const results = {
    '<=': left <= right,
    '>=': left >= right,
    '<': left < right,
    '>': left > right,
    '=': left === right,
  }
  return results[comparator as keyof typeof results]
}

function updated(write: Write, before: Item = { ...(write.Key as Item) }): Item {
  const after: Item = structuredClone(before)
  const { UpdateExpression = '', ExpressionAttributeValues: values = {} } = write
  for (const [, clause, list = ''] of UpdateExpression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)/g)) {
    for (const action of list.trim().split(', ')) {
      const [path = '', placeholder = '', ...rest] = action.split(/ = | /)
      if (rest.length > 0) throw new Error(`"${action}" is not understood.`)
      const names = segments(write, path)
      const last = names.pop() ?? ''
      const parent = names.length === 0 ? after : read(after, names)?.M
      if (!parent) throw refusal('ValidationException', { message: `${path} leads nowhere` })
      if (last === '') throw refusal('ValidationException', { message: `${clause} of nothing` })
      const value = values[placeholder]
      if (clause === 'REMOVE') delete parent[last]
      else if (!value) throw new Error(`${placeholder} is not defined.`)
      else if (clause === 'SET') parent[last] = value
      else parent[last] = { N: String(BigInt(parent[last]?.N ?? 0) + BigInt(String(value.N))) }
    }
  }
  return after
}

function segments(write: Write, path: string): string[] {
  return path.split('.').map((name) => (name.startsWith('#') ? (write.ExpressionAttributeNames?.[name] ?? '') : name))
}

function read(item: Item, [first = '', ...rest]: string[]): AttributeValue | undefined {
  const value = item[first]
  return rest.length === 0 ? value : value?.M && read(value.M, rest)
}
