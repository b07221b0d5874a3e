import { createPutEvents } from '../shared/aws/eventbridge.ts'
import { logCallEvents } from '../shared/aws/house-call.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { OUTBOX_METRICS, outboxHandler } from '../shared/events/outbox.ts'
import { createPublisher } from '../shared/events/publisher.ts'
import { createSetAside } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { linkEventContent } from './store/event-content.ts'

const { now, random, telemetry, logger } = createRuntime('url-shortener-outbox')

export const handler = outboxHandler({
  ...telemetry,
  toContent: linkEventContent,
  publish: createPublisher({
    putEvents: createPutEvents({ now, random, onEvent: logCallEvents(logger, 'eventbridge') }),
    busName: requiredEnv('EVENT_BUS_NAME'),
    source: 'stackyard.url-shortener',
    random,
  }),
  setAside: createSetAside(
    createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') }),
    requiredEnv('DEAD_LETTER_QUEUE_URL'),
  ),
  metrics: createMetrics({
    namespace: 'Stackyard/UrlShortener',
    names: OUTBOX_METRICS,
    stack: requiredEnv('STACK_NAME'),
  }),
})
