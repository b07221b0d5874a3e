import type { Context, ScheduledEvent } from 'aws-lambda'
import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { createTimerStore } from '../shared/timers/timer-store.ts'
import { createSweep } from './deliver/sweep.ts'
import { createSendTurns } from './store/turn-queues.ts'

const runtime = createTableRuntime('notification-sweep')
const { table, now, random, startTimer, telemetry, logger } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const queueUrls = {
  critical: requiredEnv('CRITICAL_QUEUE_URL'),
  normal: requiredEnv('NORMAL_QUEUE_URL'),
  bulk: requiredEnv('BULK_QUEUE_URL'),
}

export const handler: (event: Partial<ScheduledEvent>, context: Context) => Promise<void> = createSweep({
  ...telemetry,
  store: createTimerStore(table),
  send: createSendTurns({ sqs, queueUrlOf: (priority) => queueUrls[priority], now, random, startTimer }),
  budgetMs: Number(requiredEnv('TIMEOUT_MS')) - 10_000,
})
