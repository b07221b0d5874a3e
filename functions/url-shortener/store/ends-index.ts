import { QueryCommand } from '@aws-sdk/client-dynamodb'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import { conditionalWrite } from '../../shared/data/conditional-write.ts'
import type { Item } from '../../shared/data/table.ts'
import type { CodesPage, EndsIndex, SpentCap } from '../ends/sweep-ends.ts'
import { toLink } from './items.ts'
import { CAP, cappedLinksPk, codeOf, END_SHARDS, expiringLinksPk, keyOf } from './keys.ts'
import { createGetItem } from './reads.ts'

export interface EndsIndexOptions extends BatchGetOptions {
  /** @default the limit of BatchGetItem */
  pageSize?: number
}

/** The index of links that end, under the name that the stack gives it. */
const BY_END = 'byEnd'

/** The limit of BatchGetItem. */
const MAX_PAGE = 100

/** Creates the index. All methods reject as `DynamoDB` does, `spentCaps` as `BatchGet` does. */
export function createEndsIndex(options: EndsIndexOptions): EndsIndex {
  const { client, tableName, pageSize = MAX_PAGE } = options
  const table = { TableName: tableName }
  const [batchGet, getItem] = [createBatchGet(options), createGetItem(options)]

  const query = async ({ pk, condition, value, from }: Query, signal: AbortSignal): Promise<CodesPage> => {
    const input = {
      ...table,
      IndexName: BY_END,
      KeyConditionExpression: `endPk = :pk AND endSk ${condition} :value`,
      ExpressionAttributeValues: { ':pk': { S: pk }, ':value': { S: value } },
      Limit: pageSize,
      ...(from !== undefined && { ExclusiveStartKey: from as Item }),
    }
    const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(input), { signal })
    return { codes: Items.map(codeOf), next: LastEvaluatedKey }
  }

  return {
    shards: END_SHARDS,
    expired({ shard, now, from }, signal) {
      // `#<code>` follows the time, and `$` sorts right after `#`.
      return query({ pk: expiringLinksPk(shard), condition: '<', value: `${now}$`, from }, signal)
    },
    capped({ shard, after, from }, signal) {
      return query({ pk: cappedLinksPk(shard), condition: '>', value: after, from }, signal)
    },
    async spentCaps(codes, signal) {
      // The index may lag behind, and contain deleted links.
      const keys = codes.map((code) => keyOf(code, CAP))
      const items = await batchGet(keys, { consistent: false, signal })
      return items.flatMap((item) => toSpentCap(item) ?? [])
    },
    async readLink(code, signal) {
      const item = await getItem(keyOf(code), { signal })
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
      await conditionalWrite(client, { operation: 'UpdateItem', input }, { signal })
    },
  }
}

interface Query {
  pk: string
  condition: '<' | '>'
  value: string
  from: unknown
}

function toSpentCap(item: Item): SpentCap | undefined {
  const [clicks, maxClicks] = [Number(item.clicks?.N ?? 0), Number(item.maxClicks?.N ?? Number.NaN)]
  return clicks >= maxClicks ? { code: codeOf(item), maxClicks } : undefined
}
