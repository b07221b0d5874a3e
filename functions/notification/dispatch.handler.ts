import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { dispatchHandler } from './deliver/dispatch.ts'
import type { Priority } from './domain/channel.ts'
import { createSendBroadcastTurns, readNewBroadcast } from './store/new-broadcast.ts'
import { readNewTurn } from './store/new-turn.ts'
import { createSendTurns } from './store/turn-queues.ts'

const runtime = createRuntime('notification-dispatch')
const { now, random, startTimer, telemetry, logger } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const queueUrls = {
  critical: requiredEnv('CRITICAL_QUEUE_URL'),
  normal: requiredEnv('NORMAL_QUEUE_URL'),
  bulk: requiredEnv('BULK_QUEUE_URL'),
}

const criticalBroadcasts = requiredEnv('CRITICAL_BROADCASTS_QUEUE_URL')
const broadcasts = requiredEnv('BROADCASTS_QUEUE_URL')
const broadcastQueueUrlOf = (priority: Priority) => (priority === 'critical' ? criticalBroadcasts : broadcasts)

export const handler = dispatchHandler({
  ...telemetry,
  readNewTurn,
  send: createSendTurns({ sqs, queueUrlOf: (priority) => queueUrls[priority], now, random, startTimer }),
  readNewBroadcast,
  sendBroadcasts: createSendBroadcastTurns({ sqs, queueUrlOf: broadcastQueueUrlOf, random, startTimer }),
  setAside: setAsideOfEnvironment(runtime),
})
