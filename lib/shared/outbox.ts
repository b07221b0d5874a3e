import { Duration } from 'aws-cdk-lib'
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { EventBus } from './event-bus.ts'
import type { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Stage } from './settings.ts'
import { requireNoSource } from './work-queue.ts'

export interface OutboxProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** The table whose items carry the outbox entry of their latest event. Made with `stream: true`. */
  readonly table: ServiceTable
  readonly bus: EventBus
  /** Makes events of the table's changes, and publishes them (`functions/shared/events`). */
  readonly publisher: ServiceFunction
  /**
   * Changes that an invocation gets at most, 1 to 10,000. EventBridge takes 10 events a request, one after the other
   * within the function's timeout.
   *
   * @default 50
   */
  readonly batchSize?: number
  /**
   * Invocations at a time for each of the stream's shards, 1 to 10; the changes of an item keep their order.
   *
   * @default 1
   */
  readonly parallelization?: number
}

/** The attribute of an item that has the outbox entry of its latest event (`functions/shared/events`). */
const ENTRY = 'event'

/** A stream keeps its records for 24 hours: that leaves half of them for a person to read what a dead letter names. */
const MAX_RECORD_AGE = Duration.hours(12)

/** Lambda waits longer from try to try; poison is set aside by the function, so that what fails is an outage or a bug. */
const RETRIES = 100

/** Above this, an event comes late. */
const MAX_LAG = Duration.minutes(5)

/**
 * Publishes the events of a table's items: a change and its event are one write, the table's stream brings it here, and
 * a function puts it on the bus. At least once, and in order for each item as far as the bus. What can't be published
 * ends in a dead-letter queue.
 */
export class Outbox extends Construct {
  readonly deadLetters: DeadLetterQueue

  constructor(scope: Construct, id: string, props: OutboxProps) {
    super(scope, id)
    const { stage, alarms, table, bus, publisher } = props
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: 'Changes of a table could not be published as events.',
      runbook: 'outbox-dead-letters',
    })
    requireNoSource(publisher)
    publisher.target.addEventSourceMapping('Stream', {
      eventSourceArn: table.streamArn,
      // Not LATEST: it would skip what is written before the mapping's first look, also when the mapping is replaced.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 50,
      parallelizationFactor: props.parallelization ?? 1,
      bisectBatchOnError: true,
      retryAttempts: RETRIES,
      maxRecordAge: MAX_RECORD_AGE,
      onFailure: new SqsDlq(this.deadLetters.queue),
      filters: [carriesEntry()],
    })
    table.grantStream(publisher.target)
    bus.grantPut(publisher)
    this.deadLetters.takeFrom(publisher)
    alarms.add(this, 'IteratorAgeAlarm', {
      metric: publisher.function.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: MAX_LAG.toMilliseconds(),
      description: `Events are published ${MAX_LAG.toHumanString()} late: the outbox lags, or fails.`,
      runbook: 'outbox-lag',
    })
  }
}

/**
 * Items without events (locks, counters, …) and deletions cost no invocation. A change that leaves the entry as it was
 * does: a filter can't compare the images, the function does.
 */
function carriesEntry() {
  // `exists` is for leaves only, so that it looks for a string of the entry.
  const image = { [ENTRY]: { M: { operationId: { S: FilterRule.exists() } } } }
  return FilterCriteria.filter({ dynamodb: { NewImage: image } })
}
