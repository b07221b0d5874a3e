import { createTableRuntime } from '../shared/data/table.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { SOCKET_METRICS, socketHandler } from '../shared/websocket/socket-handler.ts'
import { liveSteps } from './live/actions.ts'
import { createRegisterConnections } from './store/register-connections.ts'

const { table, now, telemetry } = createTableRuntime('notification-socket')
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: SOCKET_METRICS })

export const handler = socketHandler({
  ...telemetry,
  ...liveSteps(createRegisterConnections({ ...table, now })),
  metrics,
})
