import { conditionalWrite, type Item } from '../shared/data/conditional-write.ts'
import type { DynamoDB } from '../shared/data/dynamodb.ts'
import { AppError } from '../shared/errors.ts'
import { retry } from '../shared/resilience/retry.ts'
import { startTimer as realTimer, type StartTimer } from '../shared/resilience/timer.ts'
import { CAP, END_SHARDS, keyOf, toLink } from './link-item-store.ts'
import type { CodesPage, EndsIndex, SpentCap } from './sweep-ends.ts'

export interface EndsIndexOptions {
  dynamodb: DynamoDB
  tableName: string
  /** 0 <= x < 1. */
  random: () => number
  startTimer?: StartTimer
  /** @default as many as DynamoDB reads at once */
  pageSize?: number
}

/** The index of links that end; the stack names it the same. */
const BY_END = 'byEnd'

/** What BatchGetItem takes. */
const MAX_PAGE = 100

/** All reject as `DynamoDB` does. */
export function createEndsIndex(options: EndsIndexOptions): EndsIndex {
  const { dynamodb, tableName, pageSize = MAX_PAGE } = options
  const table = { TableName: tableName }

  const query = async ({ pk, condition, value, from }: Query, signal: AbortSignal): Promise<CodesPage> => {
    const input = {
      ...table,
      IndexName: BY_END,
      KeyConditionExpression: `endPk = :pk AND endSk ${condition} :value`,
      ExpressionAttributeValues: { ':pk': { S: pk }, ':value': { S: value } },
      Limit: pageSize,
      ...(from !== undefined && { ExclusiveStartKey: from as Item }),
    }
    const { Items = [], LastEvaluatedKey } = await dynamodb('Query', input, { signal })
    return { codes: Items.map(codeOf), next: LastEvaluatedKey }
  }

  return {
    shards: END_SHARDS,
    expired({ shard, now, from }, signal) {
      // Behind the time there is `#<code>`, and `$` is what follows `#`.
      return query({ pk: `E#${shard}`, condition: '<', value: `${now}$`, from }, signal)
    },
    capped({ shard, after, from }, signal) {
      return query({ pk: `C#${shard}`, condition: '>', value: after, from }, signal)
    },
    async spentCaps(codes, signal) {
      const items = await readCaps(options, codes, signal)
      return items.flatMap((item) => toSpentCap(item) ?? [])
    },
    async readLink(code, signal) {
      const { Item: item } = await dynamodb('GetItem', { ...table, Key: keyOf(code), ConsistentRead: true }, { signal })
      return item && !item.deletedAt ? toLink(item) : undefined
    },
    async forget({ code, maxClicks }, signal) {
      const input = {
        ...table,
        Key: keyOf(code, CAP),
        UpdateExpression: 'REMOVE endPk, endSk',
        ConditionExpression: 'maxClicks = :maxClicks AND clicks >= :maxClicks',
        ExpressionAttributeValues: { ':maxClicks': { N: String(maxClicks) } },
      }
      await conditionalWrite(dynamodb, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

interface Query {
  pk: string
  condition: '<' | '>'
  value: string
  from: unknown
}

/** Reads what DynamoDB leaves unread until there is nothing left; an index that is behind may name some that are gone. */
async function readCaps(
  { dynamodb, tableName, random, startTimer = realTimer }: EndsIndexOptions,
  codes: readonly string[],
  signal: AbortSignal,
): Promise<Item[]> {
  const found: Item[] = []
  let Keys: Item[] = codes.map((code) => keyOf(code, CAP))
  const untilAllAreRead = retry({
    maxAttempts: 5,
    baseMs: 50,
    capMs: 1000,
    isRetryable: isLeftUnread,
    startTimer,
    random,
  })
  await untilAllAreRead(async (inner) => {
    const { Responses = {}, UnprocessedKeys = {} } = await dynamodb(
      'BatchGetItem',
      { RequestItems: { [tableName]: { Keys } } },
      { signal: inner },
    )
    found.push(...(Responses[tableName] ?? []))
    Keys = UnprocessedKeys[tableName]?.Keys ?? []
    if (Keys.length > 0) throw new AppError('rate-limited', 'DynamoDB left counters unread', { retryable: true })
  }, signal)
  return found
}

/** What else fails was tried again already. */
function isLeftUnread(error: unknown): boolean {
  return error instanceof AppError && error.code === 'rate-limited'
}

function codeOf({ pk }: Item): string {
  return pk?.S?.slice('L#'.length) ?? ''
}

function toSpentCap(item: Item): SpentCap | undefined {
  const [clicks, maxClicks] = [Number(item.clicks?.N ?? 0), Number(item.maxClicks?.N ?? Number.NaN)]
  return clicks >= maxClicks ? { code: codeOf(item), maxClicks } : undefined
}
