import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { filesOfEnvironment } from '../shared/aws/files.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { SOCKET_METRICS, socketHandler } from '../shared/websocket/socket-handler.ts'
import { SEND_RATE } from './domain/send-rate.ts'
import { socketSteps } from './socket-steps.ts'
import { createSocketStore } from './store/socket-store.ts'

const runtime = createTableRuntime('chat-socket')
const { table, telemetry } = runtime
const { post, close } = connectionsOfEnvironment(runtime)
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: SOCKET_METRICS })
const queueUrl = requiredEnv('PRESENCE_QUEUE_URL')

const steps = socketSteps({
  ...runtime,
  store: createSocketStore({ ...table, ...runtime, rate: SEND_RATE, loadFiles: filesOfEnvironment(runtime) }),
  post,
  close: (connectionId, signal) => close(connectionId, { signal }),
  perSecond: Number(requiredEnv('FANOUT_RPS')),
  loadCheckLater: async () => (await import('./store/presence-queue.ts')).createCheckPresenceLater(runtime, queueUrl),
})

export const handler = socketHandler({ ...telemetry, ...steps, metrics })
