import type { SystemModel } from '../system-model.ts'

const POLICIES = { hot: { read: 0, write: 0 }, events: 1 }

export const system: SystemModel = {
  stack: 'RateLimiter',
  hotObject: 'a subject',
  kinds: {
    allowed: {
      row: 'allows by a token bucket',
      share: 0.9,
      functionName: 'Check',
      hot: { read: 0, write: 1 },
      events: 0,
      calls: 1,
    },
    denied: {
      row: 'denies what it did not know',
      share: 0.04,
      functionName: 'Check',
      hot: { read: 0, write: 1 },
      events: 0.01,
      calls: 1,
    },
    known: {
      row: 'denies what it knows',
      share: 0.05,
      functionName: 'Check',
      hot: { read: 0, write: 0 },
      events: 0,
      calls: 0,
    },
    slot: {
      row: 'takes a slot',
      share: 0.01,
      functionName: 'Management',
      ...POLICIES,
      hot: { read: 0, write: 2 },
      events: 0,
      calls: 1,
    },
  },
  advice: {
    apiRequests: {
      effect:
        'API Gateway answers 429 with its own body; the client library treats it as an outage, and decides by its `onUnavailable`.',
      raise: 'The account’s throttle of API Gateway.',
      design: 'Decide in the process of the caller: the limiter’s core is a module, and needs no API.',
    },
    lambdaConcurrency: {
      effect: 'Lambda throttles, and API Gateway answers 503: the client decides by its `onUnavailable`.',
      raise: 'The account’s concurrent executions.',
      design: 'The core as a module in the caller’s functions, which saves the invocation.',
    },
    tableReads: {
      effect: 'The policy’s `onError` decides, and the answer says so.',
      raise: 'The table’s read quota.',
      design: 'Policies are read once in five seconds an environment: there is little to save.',
    },
    tableWrites: {
      effect: 'The policy’s `onError` decides, and the answer says so.',
      raise: 'The table’s write quota, and its warm throughput before a campaign.',
      design: 'A table for each group of tenants.',
    },
    partitionReads: {
      effect: 'The policy’s `onError` decides.',
      design: 'Counters are never read before they are charged, unless there is a parent.',
    },
    partitionWrites: {
      effect: 'Decisions about one subject are throttled, and its policy’s `onError` decides.',
      design: '`shards` in the policy: each shard has a part of the limit and 1,000 decisions a second.',
    },
    putEvents: {
      effect: 'Events are late: the outbox retries from the stream.',
      raise: 'The account’s PutEvents quota.',
      design: 'Denials are already reported in aggregate, once a minute.',
    },
  },
}
