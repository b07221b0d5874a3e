import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { deliverWorker } from './deliver-worker.ts'
import { createDeliverStore } from './store/deliver-store.ts'
import { createSendTurns } from './store/turn-queues.ts'

const runtime = createTableRuntime('notification-deliver-bulk')
const { table, now, random, randomBytes, startTimer, logger, newId } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })

export const handler = deliverWorker({
  ...runtime,
  store: createDeliverStore({ ...table, now, random, randomBytes, startTimer, newId }),
  sendTurns: createSendTurns({ sqs, queueUrlOf: () => requiredEnv('QUEUE_URL'), now, random, startTimer }),
  hasOutbox: optionalEnv('OUTBOX') === 'true',
  timeoutMs: Number(requiredEnv('TIMEOUT_MS')),
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
})
