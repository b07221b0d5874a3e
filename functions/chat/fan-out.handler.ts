import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { createAdmit } from './fan-out/admit.ts'
import { createFanOut } from './fan-out/fan-out.ts'
import { causeOf, readDeliveryMessage } from './fan-out/message.ts'
import { createPostFrames } from './post-frames.ts'
import { createFanOutStore } from './store/fan-out-store.ts'

const runtime = createRuntime('chat-fan-out')
const { now, random, telemetry } = runtime
const [perSecond, stack] = [Number(requiredEnv('FANOUT_RPS')), requiredEnv('STACK_NAME')]
const names = [...QUEUE_METRICS, 'ConnectionsLeftBehind'] as const
const metrics = createMetrics({ namespace: 'Stackyard/Chat', names, stack })
const postFrames = createPostFrames({ ...connectionsOfEnvironment(runtime), ...runtime, startTimer })
const options = { ...tableOfEnvironment(runtime), now, random, startTimer }
const parts = { ...createFanOutStore(options), ...options, postFrames }
const fanOut = createFanOut({ ...parts, admit: createAdmit(parts), perSecond })

export const handler = queueHandler({
  ...telemetry,
  read: readDeliveryMessage,
  causedBy: causeOf,
  async handle(message, { signal, logger }) {
    const { behind, ...counts } = await fanOut(message, signal)
    if (behind > 0) metrics.addMetric('ConnectionsLeftBehind', MetricUnit.Count, behind)
    logger.info('events delivered', { shard: message.shard, behind, ...counts })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics,
  messageMs: 15_000,
})
