import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { retrySoonOfEnvironment } from '../shared/queue/retry-soon.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { createAdmit } from './fan-out/admit.ts'
import { createFanOut } from './fan-out/fan-out.ts'
import { causeOf, readDeliveryMessage } from './fan-out/message.ts'
import { createPostFrames } from './post-frames.ts'
import { createFanOutStore } from './store/fan-out-store.ts'

const runtime = createTableRuntime('chat-fan-out')
const { table, now, random, startTimer, telemetry } = runtime
const names = [...QUEUE_METRICS, 'ConnectionsLeftBehind'] as const
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/Chat', names })
const postFrames = createPostFrames({ ...connectionsOfEnvironment(runtime), ...runtime })
const options = { ...table, now, random, startTimer }
const parts = { ...createFanOutStore(options), ...options, postFrames }
const fanOut = createFanOut({ ...parts, admit: createAdmit(parts), perSecond: Number(requiredEnv('FANOUT_RPS')) })

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
  retrySoon: retrySoonOfEnvironment(runtime),
})
