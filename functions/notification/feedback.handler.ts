import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { createHandleReceipt } from './feedback/handle-receipt.ts'
import { readReceipt } from './feedback/read-receipt.ts'
import { createFeedbackStore } from './store/feedback-store.ts'

/** The time of one receipt: a few reads and writes. */
const MESSAGE_MS = 10_000

const runtime = createTableRuntime('notification-feedback')
const { table, now, random, randomBytes, startTimer, newId, telemetry } = runtime
const store = createFeedbackStore({ ...table, now, random, randomBytes, startTimer, newId })
const handleReceipt = createHandleReceipt({ ...store, now })

export const handler = queueHandler({
  ...telemetry,
  read: readReceipt,
  async handle(receipt, { signal, logger }) {
    const outcome = receipt ? await handleReceipt(receipt, signal) : 'unknown'
    logger.info('receipt handled', { outcome })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
  messageMs: MESSAGE_MS,
})
