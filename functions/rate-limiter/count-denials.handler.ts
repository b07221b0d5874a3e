import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { countDenials } from './denials/count-denials.ts'
import { readDenialMessage } from './denials/message.ts'
import { createDenialMinutes } from './store/denial-minutes.ts'

const runtime = createRuntime('rate-limiter-count-denials')
const { now, telemetry } = runtime
const table = tableOfEnvironment(runtime)
const count = countDenials({ ...createDenialMinutes(table), now })

export const handler = queueHandler({
  ...telemetry,
  read: readDenialMessage,
  async handle(message, { signal, logger }) {
    const outcomes = await count(message, signal)
    logger.info('denials counted', { outcome: [...new Set(outcomes)].join(' ') })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: createMetrics({
    namespace: 'Stackyard/RateLimiter',
    names: QUEUE_METRICS,
    stack: requiredEnv('STACK_NAME'),
  }),
  messageMs: 10_000,
})
