import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { QUEUE_METRICS as names, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { readPresenceCheck } from './presence/check-message.ts'
import { createCheckPresence } from './presence/check-presence.ts'
import { createTell } from './presence/tell.ts'
import { createTellPresence } from './presence/tell-presence.ts'
import { createCheckPresenceLater } from './store/presence-queue.ts'
import { createPresenceStore } from './store/presence-store.ts'

const runtime = createRuntime('chat-presence')
const { now, random, telemetry, logger } = runtime
const store = createPresenceStore({ ...tableOfEnvironment(runtime), random })
const tell = createTell({ ...connectionsOfEnvironment(runtime), ...store, logger })
const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })
const check = createCheckPresence({
  ...store,
  tellPresence: createTellPresence({ ...store, tell }),
  checkLater: createCheckPresenceLater(sqs, requiredEnv('PRESENCE_QUEUE_URL')),
  now,
})

export const handler = queueHandler({
  ...telemetry,
  read: readPresenceCheck,
  async handle(message, { signal, logger: log }) {
    log.info('presence checked', { outcome: await check(message, signal) })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: createMetrics({ namespace: 'Stackyard/Chat', names, stack: requiredEnv('STACK_NAME') }),
  messageMs: 10_000,
})
