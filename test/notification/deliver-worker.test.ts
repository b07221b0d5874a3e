import { type DeliverWorkerOptions, deliverWorker } from '../../functions/notification/deliver-worker.ts'
import { QUEUE_METRICS } from '../../functions/shared/queue/queue-handler.ts'
import { createMetrics } from '../../functions/shared/telemetry/metrics.ts'
import { toRecord } from '../shared/queue/queue-model.ts'
import { lambdaContext, TRACEPARENT } from '../support/events.ts'
import { recordedTelemetry } from '../support/telemetry.ts'

test('the lines of a replay are found by its notification, and do not name its endpoint', async () => {
  const { telemetry, lines } = recordedTelemetry()
  const nothing = async () => undefined
  const options: Partial<Omit<DeliverWorkerOptions, 'store'>> & { store: object } = {
    ...{ telemetry, logger: telemetry.logger, now: () => 0, random: () => 0, configured: [], timeoutMs: 60_000 },
    store: { readNotification: nothing, readEndpoint: nothing },
    metrics: createMetrics({ namespace: 'Stackyard/Test', names: QUEUE_METRICS, stack: 'a-stack' }),
  }
  const cause = { correlationId: 'request-1', traceparent: TRACEPARENT }
  const replay = { kind: 'replay', tenant: 'acme', notificationId: 'n1', endpointId: 'ann@example.com', cause }
  const record = toRecord({ id: 'm1', body: JSON.stringify(replay) })
  const context = { ...lambdaContext(), getRemainingTimeInMillis: () => 60_000 }
  await deliverWorker(options as DeliverWorkerOptions)({ Records: [record] }, context)
  expect(lines[0]).toMatchObject({ message: 'message handled', event_id: 'n1-replay', correlation_id: 'request-1' })
  expect(JSON.stringify(lines)).not.toContain('ann@example.com')
})
