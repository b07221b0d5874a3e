import { Duration } from 'aws-cdk-lib'
import { Match } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { EventBus } from '../shared/event-bus.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import type { WorkQueue } from '../shared/work-queue.ts'
import { type Common, NOTIFICATIONS, READS, TIMERS, WRITES } from './backend.ts'

/** Turns what other systems put on the bus, or forward to it, into notifications. */
export function mapEvents(
  scope: Construct,
  common: Common,
  { table, bus, events }: { table: ServiceTable; bus: EventBus; events: WorkQueue },
): ServiceFunction {
  const worker = new ServiceFunction(scope, 'MapEvents', {
    ...common,
    entry: 'functions/notification/map-events.handler.ts',
    budget: 'standard',
    description: 'Makes notifications of other systems’ events.',
    timeout: Duration.seconds(30),
    environment: { TABLE_NAME: table.table.tableName },
  })
  events.consume(worker, { batchSize: 5, maxConcurrency: 5 })
  table.grantKeys(worker.target, [...NOTIFICATIONS, ...TIMERS, 'G#*', 'U#*', 'V#*'], ...READS, ...WRITES)
  const pattern = {
    // Its own events would go round.
    source: Match.anythingBut('stackyard.notification'),
    detail: { tenant: Match.exists() },
  }
  bus.rule('ForeignEvents', { pattern, target: events })
  return worker
}
