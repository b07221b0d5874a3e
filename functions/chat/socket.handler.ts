import { connectionsOfEnvironment } from '../shared/aws/connections.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { SOCKET_METRICS as names, socketHandler } from '../shared/websocket/socket-handler.ts'
import { createConnect } from './connect/connect.ts'
import { createDisconnect } from './connect/disconnect.ts'
import { createKeepRegistered } from './connect/keep-registered.ts'
import { createPace } from './pace.ts'
import { createPostFrames } from './post-frames.ts'
import { resumeAction } from './resume/action.ts'
import { createResume } from './resume/resume.ts'
import { createSocketStores } from './store/socket-stores.ts'

const runtime = createRuntime('chat-socket')
const { now, random, telemetry, logger } = runtime
const { post, close } = connectionsOfEnvironment(runtime)
const perSecond = Number(requiredEnv('FANOUT_RPS'))
const metrics = createMetrics({ namespace: 'Stackyard/Chat', names, stack: requiredEnv('STACK_NAME') })
const stores = createSocketStores({ ...tableOfEnvironment(runtime), random, startTimer })
const postFrames = createPostFrames({ ...runtime, post, startTimer })
const createPaceOf = () => createPace({ perSecond, now, startTimer })

const connect = createConnect({ ...stores, close: (id, signal) => close(id, { signal }), logger })
const disconnect = createDisconnect(stores)
const resume = createResume({ ...stores, postFrames, createPace: createPaceOf, now })

export const handler = socketHandler({
  ...telemetry,
  metrics,
  connect: ({ connection, signal }) => connect(connection, signal),
  disconnect: ({ connection, signal }) => disconnect(connection, signal),
  actions: createKeepRegistered({ ...stores, connect })({ resume: resumeAction(resume) }),
})
