import { limitDenied } from '../../functions/rate-limiter/events.ts'
import { limiterEventContent } from '../../functions/rate-limiter/store/event-content.ts'
import type { DomainEvent } from '../../functions/shared/events/event.ts'
import { OUTBOX_METRICS, outboxHandler } from '../../functions/shared/events/outbox.ts'
import { entryAttributes } from '../../functions/shared/events/outbox-entry.ts'
import { createMetrics } from '../../functions/shared/telemetry/metrics.ts'
import { anEntry } from '../shared/events/an-event.ts'
import { streamModel } from '../shared/events/stream-model.ts'
import { lambdaContext } from '../support/events.ts'
import { recordedTelemetry } from '../support/telemetry.ts'

test.each([
  'acme/ann@example.com',
  '203.0.113.7',
])('the publisher logs that the denials of %s were published, but not whose they are', async (subject) => {
  const { telemetry, lines } = recordedTelemetry()
  const published: DomainEvent[] = []
  const handler = outboxHandler({
    ...telemetry,
    toContent: limiterEventContent,
    publish: async (events) => {
      published.push(...events)
      return []
    },
    setAside: async () => {},
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: OUTBOX_METRICS, stack: 'a-stack' }),
  })
  const stream = streamModel()
  const denied = { policy: { S: 'writes' }, subject: { S: subject }, minute: { S: '2026-03-12T19:03:00Z' } }
  const entry = entryAttributes(anEntry({ type: limitDenied.type }))
  stream.write('denials', { tenant: { S: 'acme' }, ...denied, count: { N: '4' }, ...entry })
  const batch = stream.next(1)
  if (batch) await handler(batch, lambdaContext())
  expect(published).toMatchObject([{ subject: `writes/${subject}` }])
  expect(lines[0]).toMatchObject({
    message: 'event published',
    event_id: published[0]?.id,
    event_type: limitDenied.type,
  })
  expect(JSON.stringify(lines)).not.toContain(subject)
})
