import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { SOCKET_METRICS as names, socketHandler } from '../shared/websocket/socket-handler.ts'
import { SEND_RATE } from './domain/send-rate.ts'
import { socketSteps } from './socket-steps.ts'
import { createCheckPresenceLater } from './store/presence-queue.ts'
import { createSocketStore } from './store/socket-store.ts'

const runtime = createRuntime('chat-socket')
const { now, random, telemetry, logger } = runtime
const { post, close } = connectionsOfEnvironment(runtime)
const metrics = createMetrics({ namespace: 'Stackyard/Chat', names, stack: requiredEnv('STACK_NAME') })
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })

const steps = socketSteps({
  ...runtime,
  store: createSocketStore({ ...tableOfEnvironment(runtime), ...runtime, startTimer, rate: SEND_RATE }),
  post,
  close: (connectionId, signal) => close(connectionId, { signal }),
  perSecond: Number(requiredEnv('FANOUT_RPS')),
  startTimer,
  checkLater: createCheckPresenceLater(sqs, requiredEnv('PRESENCE_QUEUE_URL')),
})

export const handler = socketHandler({ ...telemetry, ...steps, metrics })
