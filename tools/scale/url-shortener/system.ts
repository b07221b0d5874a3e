import { PRICE_LIST } from '../../cost/price-list.ts'
import type { SystemModel } from '../system-model.ts'

/** The consumer of clicks, as the stack has it, and the shards of a day's counts. */
export const CLICKS = { batchSize: 2000, maxConcurrency: 10, shards: 8 } as const

/**
 * Units and USD of a million clicks, measured: docs/benchmarks.md#clicks. The mix is assumed: a batch has clicks of a
 * hundred links.
 */
export const A_CLICK = { row: '100 links', read: 0.378, write: 0.619, usd: 0.92 } as const

/** Write units of a click where all of a batch are of one link, measured. */
export const A_HOT_CLICK = { row: 'one link', write: 0.04 } as const

/** Assumed, in ms: a batch and a click of it, as in the benchmark. */
const [BATCH_MS, CLICK_MS] = [10, 0.2]

/** Calls of DynamoDB for a batch whose clicks are all of different links: three for each chunk of 27 links. */
const CALLS_OF_SCATTERED = 3 * Math.ceil(CLICKS.batchSize / 27)

/** Clicks a second that all consumers count, where each click is of another link, which is the slowest case. */
const COUNTED_A_SECOND =
  (1000 * CLICKS.maxConcurrency * CLICKS.batchSize) /
  (BATCH_MS + CLICK_MS * CLICKS.batchSize + PRICE_LIST.assumed.callMs * CALLS_OF_SCATTERED)

const COUNTED = {
  after: { read: A_CLICK.read, write: A_CLICK.write, usd: A_CLICK.usd },
  takes: { countedClicks: 1, dayShards: A_HOT_CLICK.write },
}

export const system: SystemModel = {
  stack: 'UrlShortener',
  hotObject: 'a link',
  kinds: {
    visit: {
      row: 'sends a visitor to the target',
      share: 0.93,
      functionName: 'Redirect',
      hot: { read: 0.5, write: 0 },
      events: 0,
      calls: 1,
      ...COUNTED,
    },
    capped: {
      row: 'redirects the first visitor',
      share: 0.02,
      functionName: 'Redirect',
      hot: { read: 0.5, write: 1 },
      events: 0,
      calls: 2,
      ...COUNTED,
    },
    create: {
      row: 'creates a second link',
      share: 0.03,
      functionName: 'Management',
      hot: { read: 0, write: 0 },
      events: 1,
      calls: 2,
    },
    read: {
      row: 'gets the link',
      share: 0.02,
      functionName: 'Management',
      hot: { read: 0, write: 0 },
      events: 0,
      calls: 1,
    },
  },
  advice: {
    apiRequests: {
      effect:
        'API Gateway answers 429 before any function runs; clients of the management API retry, visitors see an error.',
      raise: 'The account’s throttle of API Gateway.',
      design:
        'Cache 301 and 308 redirects at the edge (`-c edge=true` and `cacheSeconds`): such visits reach no API, and are not counted.',
    },
    lambdaConcurrency: {
      effect: 'Lambda throttles: visitors get 503 from API Gateway until others are done.',
      raise: 'The account’s concurrent executions; give the redirect reserved concurrency once the account has room.',
      design: 'A region more, each with the table as a global one: visits need one read.',
    },
    tableReads: {
      effect:
        'Reads are throttled and retried within the budget; then visitors get 503, but for links that the environment saw within five minutes.',
      fault: 'DynamoDB throttles, fails or is unreachable',
      raise: 'The table’s read quota, and its warm throughput before a campaign.',
      design: 'Longer memory of links than three seconds, at the price of later changes.',
    },
    tableWrites: {
      effect: 'Writes are throttled: 503, and clients retry.',
      fault: 'DynamoDB throttles, fails or is unreachable',
      raise: 'The table’s write quota, and its warm throughput before a campaign.',
      design: 'A table for each group of tenants.',
    },
    partitionReads: {
      effect:
        'The reads of one link are throttled. Each environment reads it once in three seconds, so that this load needs thousands of environments.',
      fault: 'DynamoDB throttles, fails or is unreachable',
      design: 'Longer memory of links; the edge for links that may be cached.',
    },
    partitionWrites: {
      effect: 'Visits of one capped link are answered 503 with Retry-After: 1, and none of them counts.',
      fault:
        "concurrent visits exceed the capacity of a link's counter, or browsers prefetch protected or capped links",
      design: 'Split a cap over shards, each with a part: exact, but the last visits may find their shard used up.',
    },
    putEvents: {
      effect: 'Events are late: the outbox retries from the stream, and nothing is lost within 24 hours.',
      fault: 'the bus is unreachable',
      raise: 'The account’s PutEvents quota.',
      design: 'A bus in another account or region for each group of tenants.',
    },
  },
  ownLimits: {
    countedClicks: {
      name: 'clicks a second that the functions behind the queue count',
      value: Math.round(COUNTED_A_SECOND),
      ofHotObject: false,
      effect:
        'Clicks wait in the queue, and statistics are late; redirects are not affected. Nothing is lost for 4 days, and an alarm fires when a click has waited for five minutes.',
      design:
        '`maxConcurrency` of the consumer in `lib/url-shortener/clicks.ts`, which has no other limit than the account’s concurrency and the table.',
    },
    dayShards: {
      name: 'write units a second of the shards of one link’s day',
      value: 1000 * CLICKS.shards,
      ofHotObject: true,
      effect: 'Transactions of the hot link are throttled or in each other’s way, and its clicks come again.',
      fault: 'the table fails while clicks are counted',
      design: 'More shards (`CLICK_SHARDS`), which each read of statistics adds up; or larger batches.',
    },
  },
}
