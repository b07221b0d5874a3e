import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { readPresenceCheck } from './presence/check-message.ts'
import { createCheckPresence } from './presence/check-presence.ts'
import { createNotifyWatchers } from './presence/notify-watchers.ts'
import { createPostToAll } from './presence/post-to-all.ts'
import { createCheckPresenceLater } from './store/presence-queue.ts'
import { createPresenceStore } from './store/presence-store.ts'

const runtime = createTableRuntime('chat-presence')
const { table, now, random, telemetry, logger } = runtime
const store = createPresenceStore({ ...table, random })
const postToAll = createPostToAll({ ...connectionsOfEnvironment(runtime), ...store, logger })
const check = createCheckPresence({
  ...store,
  notifyWatchers: createNotifyWatchers({ ...store, postToAll }),
  checkLater: createCheckPresenceLater(runtime, requiredEnv('PRESENCE_QUEUE_URL')),
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
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: QUEUE_METRICS }),
  messageMs: 10_000,
})
