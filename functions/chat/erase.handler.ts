import { filesOfEnvironment } from '../shared/aws/files.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { readErasureMessage } from './uploads/erase.ts'

const runtime = createRuntime('chat-erase')
const loadFiles = filesOfEnvironment(runtime)

export const handler = queueHandler({
  ...runtime.telemetry,
  read: readErasureMessage,
  async handle({ objectKey }, { signal }) {
    await (await loadFiles()).delete(objectKey, { signal })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: QUEUE_METRICS }),
  messageMs: 10_000,
})
