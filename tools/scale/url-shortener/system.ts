import type { SystemModel } from '../system-model.ts'

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
    },
    capped: {
      row: 'redirects the first visitor',
      share: 0.02,
      functionName: 'Redirect',
      hot: { read: 0.5, write: 1 },
      events: 0,
      calls: 2,
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
}
