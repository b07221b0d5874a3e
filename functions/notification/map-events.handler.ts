import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { prepareMapped } from './map-events-worker.ts'
import { consumeEvent } from './mappings/consume-event.ts'
import { readForeignEvent } from './mappings/read-event.ts'
import { createMapEventsStore } from './store/map-events-store.ts'

/** The time of one event: 500 users, ten at a time. */
const MESSAGE_MS = 25_000

const runtime = createTableRuntime('notification-map-events')
const { table, now, random, startTimer, newId, telemetry } = runtime
const store = createMapEventsStore({ ...table, random, startTimer, newId })
const consume = consumeEvent({ readMapping: store.readMapping, prepare: prepareMapped({ store, now }) })

export const handler = queueHandler({
  ...telemetry,
  read: readForeignEvent,
  causedBy: ({ id, correlationId = id, traceparent = '' }) => ({ id, correlationId, traceparent }),
  handle: (event, { cause, signal }) => consume(event, cause, signal),
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
  messageMs: MESSAGE_MS,
})
