import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { dispatchHandler } from './fan-out/dispatch.ts'
import { createSendDeliveries } from './store/delivery-queue.ts'
import { createEraseLater, readErasure } from './store/erasure-queue.ts'
import { createCheckMissedLater } from './store/missed-queue.ts'
import { readNewEvent } from './store/new-event.ts'

const runtime = createRuntime('chat-dispatch')
const { now, random, telemetry, logger } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const queues = { sqs, random, startTimer }

export const handler = dispatchHandler({
  ...telemetry,
  readNewEvent,
  send: createSendDeliveries({ ...queues, queueUrl: requiredEnv('DELIVERIES_QUEUE_URL') }),
  readErasure: (record) => readErasure(record, now()),
  eraseLater: createEraseLater({ ...queues, queueUrl: requiredEnv('ERASURES_QUEUE_URL') }),
  checkMissed: createCheckMissedLater({ ...queues, queueUrl: requiredEnv('MISSED_QUEUE_URL') }),
  setAside: setAsideOfEnvironment(runtime),
})
