import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { eventReader } from '../shared/events/event-schema.ts'
import { createInbox } from '../shared/events/inbox.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createMetrics } from '../shared/telemetry/metrics.ts'
import { linkCreated, linkUpdated } from './events.ts'
import { checkTarget } from './moderate/check-target.ts'
import { createTargetBlock } from './store/blocks.ts'
import { createDenylist } from './store/denylist.ts'
import { createLinkReads } from './store/reads.ts'

const runtime = createRuntime('url-shortener-check-target')
const { now, random, telemetry, newId } = runtime
const table = tableOfEnvironment(runtime)
const inbox = createInbox({ ...table, consumer: 'check-target', now, random, randomBytes })
const names = [...QUEUE_METRICS, 'LinkBlocked'] as const
const metrics = createMetrics({ namespace: 'Stackyard/UrlShortener', names, stack: requiredEnv('STACK_NAME') })
const { readDetails } = createLinkReads(table)
const read = eventReader(linkCreated, linkUpdated)
const check = checkTarget({
  findThreat: createDenylist({ ...table, random }),
  readDetails,
  block: createTargetBlock({ ...table, random, newToken: newId, inbox, readDetails }),
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
  setAside: setAsideOfEnvironment(runtime),
  metrics,
  messageMs: 3000,
})
