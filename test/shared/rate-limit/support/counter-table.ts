import type { BatchGetItemInput, TransactWriteItemsInput, UpdateItemInput } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../../functions/shared/data/table.ts'
import { type DynamoDBCall, refusal } from '../../../support/fake-dynamodb.ts'

// As much of DynamoDB as counters need, with its exact numbers. That the engine means the same is shown by
// counter-table.store.test.ts.

type Update = Pick<
  UpdateItemInput,
  'Key' | 'ConditionExpression' | 'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>

export interface CounterTable {
  dynamodb: DynamoDBCall
  items: () => Item[]
  /** A counter. */
  item: (pk: string) => Item | undefined
  /** The number of calls of each operation. */
  calls: Record<string, number>
}

/** One table in memory: each call is done at once and as a whole. */
export function counterTable(): CounterTable {
  const items = new Map<string, Item>()
  const calls: Record<string, number> = {}
  const idOf = ({ Key }: Update) => JSON.stringify([Key?.pk?.S, Key?.sk?.S])
  const passes = (write: Update) => holds(write, items.get(idOf(write)) ?? {})
  const apply = (write: Update): Item => {
    const after = updated(write, items.get(idOf(write)) ?? { ...write.Key })
    items.set(idOf(write), after)
    return after
  }

  const operations = {
    UpdateItem(write: Update) {
      refuseUnused(write)
      if (passes(write)) return { Attributes: apply(write) }
      const Item = items.get(idOf(write))
      throw refusal('ConditionalCheckFailedException', { ...(Item && { Item }) })
    },
    TransactWriteItems({ TransactItems = [] }: TransactWriteItemsInput) {
      const writes = TransactItems.map(({ Update }) => Update as Update)
      writes.forEach(refuseUnused)
      const CancellationReasons = writes.map((write) => ({ Code: passes(write) ? 'None' : 'ConditionalCheckFailed' }))
      if (CancellationReasons.some(({ Code }) => Code !== 'None')) {
        throw refusal('TransactionCanceledException', { CancellationReasons })
      }
      writes.map(apply)
      return {}
    },
    BatchGetItem({ RequestItems = {} }: BatchGetItemInput) {
      const entries = Object.entries(RequestItems).map(([name, { Keys = [] }]) => {
        return [name, Keys.flatMap((Key) => [items.get(idOf({ Key }))].filter((item) => item !== undefined))]
      })
      return { Responses: Object.fromEntries(entries), UnprocessedKeys: {} }
    },
  }
  return {
    dynamodb: (async (operation: keyof typeof operations, input: never) => {
      calls[operation] = (calls[operation] ?? 0) + 1
      return operations[operation](input)
    }) as DynamoDBCall,
    items: () => [...items.values()],
    item: (pk) => items.get(JSON.stringify([pk, 'quota'])),
    calls,
  }
}

/** DynamoDB refuses values that no expression uses. */
function refuseUnused({ ConditionExpression, UpdateExpression, ExpressionAttributeValues = {} }: Update): void {
  const used: string[] = `${ConditionExpression} ${UpdateExpression}`.match(/:\w+/g) ?? []
  const unused = Object.keys(ExpressionAttributeValues).filter((placeholder) => !used.includes(placeholder))
  if (unused.length > 0) throw refusal('ValidationException', { message: `${unused} is not used` })
}

const TOKEN = /attribute_not_exists|<=|[:#]?\w+|\S/g

/** Terms with AND, OR and brackets; AND binds closer. */
function holds(write: Update, item: Item): boolean {
  const tokens = (write.ConditionExpression ?? '').match(TOKEN) ?? []
  if (tokens.length === 0) return true
  const take = (token: string) => tokens[0] === token && tokens.shift() !== undefined
  const either = (): boolean => {
    let result = both()
    while (take('OR')) result = both() || result
    return result
  }
  const both = (): boolean => {
    let result = term()
    while (take('AND')) result = term() && result
    return result
  }
  const inBrackets = <T>(read: () => T): T => {
    const result = read()
    if (!take(')')) throw new Error(`A bracket is missing before ${tokens.join(' ')}`)
    return result
  }
  const term = (): boolean => {
    if (take('(')) return inBrackets(either)
    if (take('attribute_not_exists') && take('(')) return inBrackets(() => item[String(tokens.shift())] === undefined)
    const [left, comparator, right] = tokens.splice(0, 3)
    const [a, b] = [item[left ?? '']?.N, numberOf(write, right)]
    if (comparator !== '<=' && comparator !== '>') throw new Error(`There is no ${comparator} here`)
    return a !== undefined && (comparator === '<=' ? BigInt(a) <= b : BigInt(a) > b)
  }
  const result = either()
  if (tokens.length > 0) throw new Error(`The condition goes on: ${tokens.join(' ')}`)
  return result
}

function numberOf({ ExpressionAttributeValues: values }: Update, placeholder = ''): bigint {
  const digits = values?.[placeholder]?.N
  if (digits === undefined) throw new Error(`${placeholder} is not defined`)
  return BigInt(digits)
}

function updated(write: Update, before: Item): Item {
  const after = { ...before }
  const { UpdateExpression = '', ExpressionAttributeNames: names } = write
  for (const [, clause, list = ''] of UpdateExpression.matchAll(/(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)/g)) {
    for (const action of list.trim().split(', ')) {
      const [path = '', placeholder] = action.split(/ = | /)
      const name = names?.[path] ?? path
      if (clause === 'REMOVE') delete after[name]
      else if (clause === 'SET') after[name] = { N: String(numberOf(write, placeholder)) }
      else after[name] = { N: String(BigInt(before[name]?.N ?? 0) + numberOf(write, placeholder)) }
    }
  }
  return after
}
