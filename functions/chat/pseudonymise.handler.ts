import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { createLeaveRoom } from './pseudonymise/leave-room.ts'
import { createPseudonymise } from './pseudonymise/pseudonymise.ts'
import { readPseudonymiseStep } from './pseudonymise/step-message.ts'
import { createPseudonymiseLater } from './store/pseudonymise-queue.ts'
import { createPseudonymiseStore } from './store/pseudonymise-store.ts'

const runtime = createTableRuntime('chat-pseudonymise')
const { table, telemetry } = runtime
const { close } = connectionsOfEnvironment(runtime)
const store = createPseudonymiseStore({ ...runtime, ...table })
const pseudonymise = createPseudonymise({
  ...runtime,
  ...store,
  leaveRoom: createLeaveRoom(store),
  close: (connectionId, signal) => close(connectionId, { signal }),
  later: createPseudonymiseLater(runtime, requiredEnv('PSEUDONYMISE_QUEUE_URL')),
})

export const handler = queueHandler({
  ...telemetry,
  read: readPseudonymiseStep,
  async handle(step, { cause, signal, logger }) {
    logger.info('pseudonymise step', { outcome: await pseudonymise({ ...step, cause }, signal) })
    return undefined
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Chat', names: QUEUE_METRICS }),
  messageMs: 25_000,
})
