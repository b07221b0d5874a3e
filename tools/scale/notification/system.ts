import type { SystemModel } from '../system-model.ts'

/** Write units of a change of a channel's state, measured: those of "cancels it" without the limit of the tenant. */
export const A_CHANGE = 6

/**
 * Units and USD (of a million) that follow a notification with one channel. Assumed: a claim and an outcome, each as many units as a cancel takes,
 * three reads, three requests to SQS, three invocations of 30 ms with 512 MB, and two events. SES is not in it.
 */
const AFTER = { read: 3, write: 2 * A_CHANGE, usd: 14 }

/** The workers of the queue for normal ones, each with a message at a time of a batch of five. */
export const WORKERS = { maxConcurrency: 50, batchSize: 5 } as const

/** Milliseconds of a batch: assumed. Its messages are handled together, and a provider answers within a fifth of a second. */
const BATCH_MS = 250

const READS = { hot: { read: 0, write: 0 }, events: 0, calls: 1, functionName: 'Api' }

export const system: SystemModel = {
  stack: 'Notification',
  hotObject: 'a recipient',
  kinds: {
    send: {
      row: 'accepts a mail',
      share: 0.6,
      functionName: 'Api',
      hot: { read: 0, write: 0 },
      events: 2,
      calls: 3,
      after: AFTER,
      takes: { emails: 1, deliveries: 1 },
    },
    repeat: { row: 'recognises a repeat', share: 0.02, ...READS },
    state: { row: 'tells what became of it', share: 0.2, ...READS },
    why: { row: 'tells why', share: 0.03, ...READS },
    list: { row: 'lists it', share: 0.1, ...READS, hot: { read: 2.5, write: 0 } },
    cancel: {
      row: 'cancels it',
      share: 0.05,
      functionName: 'Api',
      hot: { read: 0, write: 0 },
      events: 1,
      calls: 3,
    },
  },
  advice: {
    apiRequests: {
      effect:
        'API Gateway answers 429 before any function runs; senders repeat the request with its `Idempotency-Key`.',
      fault: 'a request is repeated, or its answer lost',
      raise: 'The account’s throttle of API Gateway.',
      design: '`POST /v1/notifications/bulk` takes many recipients in one request; or an event instead of a request.',
    },
    lambdaConcurrency: {
      effect: 'Lambda throttles: senders get 503, and deliveries wait in their queues.',
      raise: 'The account’s concurrent executions.',
      design: 'Reserved concurrency for critical ones, once the account has room.',
    },
    tableReads: {
      effect: 'Reads are throttled and retried within the budget; then 503, and deliveries come again.',
      raise: 'The table’s read quota.',
      design: 'A table for each group of tenants.',
    },
    tableWrites: {
      effect: 'Writes are throttled: senders get 503, and deliveries come again; what was sent stays known.',
      fault: "a worker dies between its claim and the provider's answer",
      raise: 'The table’s write quota, and its warm throughput before a campaign.',
      design: 'A table for each group of tenants.',
    },
    partitionReads: {
      effect: 'Lists of one recipient are throttled.',
      design: 'Shorter pages.',
    },
    putEvents: {
      effect: 'Events are late: the outbox retries from the stream.',
      fault: "the bus can't be reached",
      raise: 'The account’s PutEvents quota.',
      design: 'A bus in another account or region for each group of tenants.',
    },
    emails: {
      effect:
        'Tries with growing random pauses, for 24 hours or until `expiresAt`; critical ones have a fifth of the rate.',
      fault: 'a provider is down',
      raise: 'Production access, then the sending rate of SES: set the rate of the provider to it.',
      design: 'A backup provider, or SES in a second region.',
    },
  },
  ownLimits: {
    deliveries: {
      name: 'deliveries a second of the workers for normal ones',
      value: (1000 * WORKERS.maxConcurrency * WORKERS.batchSize) / BATCH_MS,
      ofHotObject: false,
      effect: 'Notifications wait in their queue. Critical ones have workers of their own, and don’t wait.',
      design: '`maxConcurrency` of the workers in `lib/notification/delivery.ts`.',
    },
  },
}
