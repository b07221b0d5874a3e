import { QUEUE_METRICS } from '../shared/queue/queue-handler.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { deliverOfEnvironment } from './deliver-of-environment.ts'

export const handler = deliverOfEnvironment({
  service: 'notification-deliver-bulk',
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: QUEUE_METRICS }),
})
