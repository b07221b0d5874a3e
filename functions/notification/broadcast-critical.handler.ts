import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { broadcastWorker } from './broadcast-worker.ts'
import { createBroadcastStore } from './store/broadcast-store.ts'
import { createHandOver, HAND_OVER_MS } from './store/hand-over.ts'

const runtime = createTableRuntime('notification-broadcast-critical')
const { table, now, random, startTimer, logger, newId } = runtime
// A local cloud may be slower than AWS ever is.
const waitMs = Number(optionalEnv('TRY_MS') ?? HAND_OVER_MS)
const queueUrl = requiredEnv('CRITICAL_QUEUE_URL')
const handOver = createHandOver({ queueUrl, waitMs, logger, now, random, startTimer })

export const handler = broadcastWorker({
  ...runtime,
  store: createBroadcastStore({ ...table, random, startTimer, newId, handOver }),
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
})
