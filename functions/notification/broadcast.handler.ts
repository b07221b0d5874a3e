import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { broadcastWorker } from './broadcast-worker.ts'
import { createBroadcastStore } from './store/broadcast-store.ts'

const runtime = createTableRuntime('notification-broadcast')
const { table, random, startTimer, newId } = runtime

export const handler = broadcastWorker({
  ...runtime,
  store: createBroadcastStore({ ...table, random, startTimer, newId }),
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
})
