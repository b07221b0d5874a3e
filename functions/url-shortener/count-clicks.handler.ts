import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { batchHandler } from '../shared/queue/batch-handler.ts'
import { QUEUE_METRICS } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { countClicks } from './clicks/count-clicks.ts'
import { readClickMessage } from './clicks/message.ts'
import { createCountStore } from './store/click-counts.ts'
import { createClickQueue } from './store/click-queue.ts'

const runtime = createTableRuntime('url-shortener-count-clicks')
const { table, now, random, startTimer, telemetry, logger, newId } = runtime
const count = countClicks({
  ...createCountStore({ ...table, random, newToken: newId }),
  sendLater: createClickQueue(runtime, requiredEnv('CLICKS_QUEUE_URL')).sendLater,
  now,
  random,
  startTimer,
  onFailure: (error) => logger.error('clicks not counted', { error }),
})

export const handler = batchHandler({
  ...telemetry,
  read: readClickMessage,
  async handle(messages, { cause, signal, describe }) {
    const { counted, failed } = await count(messages, cause, signal)
    describe({ counted })
    return failed
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names: QUEUE_METRICS }),
})
