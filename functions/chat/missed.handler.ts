import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { causeOf, readMissedCheck } from './missed/check-message.ts'
import { createCheckMissed } from './missed/check-missed.ts'
import { createFindUsers } from './missed/find-users.ts'
import { createCheckMissedLater } from './store/missed-queue.ts'
import { createMissedStore } from './store/missed-store.ts'

const runtime = createTableRuntime('chat-missed')
const { table, now, random, telemetry, logger } = runtime
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const store = createMissedStore({ ...runtime, ...table })
const check = createCheckMissed({
  ...store,
  findUsers: createFindUsers(store),
  checkLater: createCheckMissedLater({ ...runtime, sqs, queueUrl: requiredEnv('MISSED_QUEUE_URL') }),
  now,
})

export const handler = queueHandler({
  ...telemetry,
  read: readMissedCheck,
  causedBy: causeOf,
  async handle(message, { signal, logger: log }) {
    log.info('missed message checked', { ...(await check(message, signal)) })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: QUEUE_METRICS }),
  messageMs: 15_000,
})
