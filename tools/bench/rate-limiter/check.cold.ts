import type { ColdCase } from '../cases.ts'
import { CHECK, COUNTER_ITEM, POLICY_ITEM } from './a-check.ts'

/** It opens its connection and stores its key while it starts, then reads a policy and writes a counter. */
export const cold: ColdCase = {
  entry: 'functions/rate-limiter/check.handler.ts',
  event: CHECK,
  environment: {
    STACK_NAME: 'RateLimiter',
    TABLE_NAME: 'limits',
    DENIALS_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/denials',
    // The most that may be set: a machine that is busy must not make it degraded, which would be measured instead.
    LIMIT_BUDGET_MS: '1000',
  },
  // One answer for all calls: each finds its own part.
  answer: { Item: POLICY_ITEM, Attributes: COUNTER_ITEM },
  others: [{ title: 'the same check, the usual way', file: 'usual-check.ts', built: 'as usual' }],
}
