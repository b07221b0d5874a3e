import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { createTableRuntime } from '../shared/data/table.ts'
import { eventReader } from '../shared/events/event-schema.ts'
import { createInbox } from '../shared/events/inbox.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { linkCreated, linkUpdated } from './events.ts'
import { checkTarget } from './moderate/check-target.ts'
import { createTargetBlock } from './store/blocks.ts'
import { createDenylist } from './store/denylist.ts'
import { createLinkReads } from './store/reads.ts'

const runtime = createTableRuntime('url-shortener-check-target')
const { table, now, random, randomBytes, telemetry, newId } = runtime
const inbox = createInbox({ ...table, consumer: 'check-target', now, random, randomBytes })
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names: [...QUEUE_METRICS, 'LinkBlocked'] })
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
  },
  setAside: setAsideOfEnvironment(runtime),
  metrics,
  messageMs: 3000,
})
