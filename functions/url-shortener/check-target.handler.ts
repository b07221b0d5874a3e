import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { logCallEvents } from '../shared/aws/house-call.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, logEvents } from '../shared/data/dynamodb.ts'
import { eventReader } from '../shared/events/event-schema.ts'
import { createInbox } from '../shared/events/inbox.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { createSetAside } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { linkCreated, linkUpdated } from './events.ts'
import { checkTarget } from './moderate/check-target.ts'
import { createTargetBlock } from './store/blocks.ts'
import { createDenylist } from './store/denylist.ts'
import { createLinkReads } from './store/reads.ts'

const { now, random, telemetry, logger, newId } = createRuntime('url-shortener-check-target')
const dynamodb = createDynamoDB({ now, random, onEvent: logEvents(logger) })
const tableName = requiredEnv('TABLE_NAME')
const inbox = createInbox({ dynamodb, tableName, consumer: 'check-target', now, random, randomBytes })
const metrics = createMetrics({
  namespace: 'Stackyard/UrlShortener',
  names: [...QUEUE_METRICS, 'LinkBlocked'],
  stack: requiredEnv('STACK_NAME'),
})
const { readDetails } = createLinkReads(dynamodb, tableName)
const read = eventReader(linkCreated, linkUpdated)
const check = checkTarget({
  findThreat: createDenylist({ dynamodb, tableName, random }),
  readDetails,
  block: createTargetBlock({ dynamodb, tableName, random, newToken: newId, inbox, readDetails }),
  newOperationId: newId,
  now,
})

export const handler = queueHandler({
  ...telemetry,
  read,
  causedBy: (event) => event,
  async handle(event, { cause, signal, logger }) {
    const outcome = await check(event, cause, signal)
    if (outcome === 'blocked') metrics.addMetric('LinkBlocked', MetricUnit.Count, 1)
    logger.info('target checked', { code: event.subject, outcome })
    return undefined
  },
  setAside: createSetAside(
    createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') }),
    requiredEnv('DEAD_LETTER_QUEUE_URL'),
  ),
  metrics,
  messageMs: 3000,
})
