import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { countDenials } from './denials/count-denials.ts'
import { readDenialMessage } from './denials/message.ts'
import { publishDenials } from './denials/publish-denials.ts'
import { createDenialMinutes } from './store/denial-minutes.ts'
import { createPublishLater } from './store/denial-queue.ts'
import { createRecordDegraded, createRecordDenied } from './store/subject-events.ts'

const runtime = createTableRuntime('rate-limiter-count-denials')
const { table, now, newId, telemetry } = runtime
const minutes = createDenialMinutes(table)
const publishLater = createPublishLater(runtime, requiredEnv('DENIALS_QUEUE_URL'))
const count = countDenials({ ...minutes, publishLater, now })
const marks = { ...table, now, newId }
const recorders = { recordDenied: createRecordDenied(marks), recordDegraded: createRecordDegraded(marks) }
const publish = publishDenials({ ...minutes, ...recorders, now })

export const handler = queueHandler({
  ...telemetry,
  read: readDenialMessage,
  async handle(message, { cause, signal, logger }) {
    const outcomes = 'ended' in message ? [await publish(message.ended, cause, signal)] : await count(message, signal)
    logger.info('denials handled', { outcome: [...new Set(outcomes)].join(' ') })
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/RateLimiter', names: QUEUE_METRICS }),
  messageMs: 10_000,
})
