import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { SOCKET_METRICS as names, socketHandler } from '../shared/websocket/socket-handler.ts'
import { SEND_RATE } from './domain/send-rate.ts'
import { socketSteps } from './socket-steps.ts'
import { createSocketStore } from './store/socket-store.ts'

const runtime = createRuntime('chat-socket')
const { telemetry } = runtime
const { post, close } = connectionsOfEnvironment(runtime)
const metrics = createMetrics({ namespace: 'Stackyard/Chat', names, stack: requiredEnv('STACK_NAME') })
const queueUrl = requiredEnv('PRESENCE_QUEUE_URL')

const steps = socketSteps({
  ...runtime,
  store: createSocketStore({ ...tableOfEnvironment(runtime), ...runtime, startTimer, rate: SEND_RATE }),
  post,
  close: (connectionId, signal) => close(connectionId, { signal }),
  perSecond: Number(requiredEnv('FANOUT_RPS')),
  startTimer,
  loadCheckLater: async () => (await import('./store/presence-queue.ts')).createCheckPresenceLater(runtime, queueUrl),
})

export const handler = socketHandler({ ...telemetry, ...steps, metrics })
