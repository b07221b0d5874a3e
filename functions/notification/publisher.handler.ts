import { logCallEvents } from '../shared/aws/create-send.ts'
import { createEventBridge } from '../shared/aws/eventbridge.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { OUTBOX_METRICS, outboxHandler } from '../shared/events/outbox.ts'
import { createPublisher } from '../shared/events/publisher.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { notificationEventContent } from './store/event-content.ts'

const runtime = createRuntime('notification-publisher')
const { now, random, telemetry, logger } = runtime

export const handler = outboxHandler({
  ...telemetry,
  toContent: notificationEventContent,
  publish: createPublisher({
    eventBridge: createEventBridge({ now, random, onEvent: logCallEvents(logger, 'eventbridge') }),
    busName: requiredEnv('EVENT_BUS_NAME'),
    source: 'stackyard.notification',
    random,
  }),
  setAside: setAsideOfEnvironment(runtime),
  metrics: metricsOfEnvironment({ namespace: 'Stackyard/Notification', names: OUTBOX_METRICS }),
})
