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
  /** The table whose items carry the outbox entry of their latest event. It must have a stream (`stream: true`). */
  readonly table: ServiceTable
  readonly bus: EventBus
  /** Turns the table's changes into events, and publishes them (`functions/shared/events`). */
  readonly publisher: ServiceFunction
  /**
   * The maximum number of changes in an invocation, 1 to 10,000. EventBridge accepts 10 events a request, and the
   * function sends the requests one after the other within its timeout.
   *
   * @default 50
   */
  readonly batchSize?: number
  /**
   * Concurrent invocations for each of the stream's shards, 1 to 10; the changes of an item stay in order.
   *
   * @default 1
   */
  readonly parallelization?: number
}

/** The attribute of an item that holds the outbox entry of its latest event (`functions/shared/events`). */
const ENTRY = 'event'

/**
 * Half of the 24 hours for which a stream keeps its records: the other half is left to read the records that a dead
 * letter refers to.
 */
const MAX_RECORD_AGE = Duration.hours(12)

/** Lambda backs off between retries. The function itself sets poison records aside, so failures are outages or bugs. */
const RETRIES = 100

/** The lag of the stream above which events count as late. */
const MAX_LAG = Duration.minutes(5)

/**
 * Publishes the events of a table's items: a change and its event are one write, the table's stream delivers it here,
 * and a function puts it on the bus. Delivery is at least once, and in order for each item as far as the bus. Records
 * that can't be published end in a dead-letter queue.
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
      // LATEST would skip changes written before the mapping first polls, also when the mapping is replaced.
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
 * Filters the records: items without events (locks, counters, …) and deletions cost no invocation. A change that leaves
 * the entry as it was does cost one: a filter can't compare the images, so the function does.
 */
function carriesEntry() {
  // `exists` works on leaf nodes only, so the filter looks for a string in the entry.
  const image = { [ENTRY]: { M: { operationId: { S: FilterRule.exists() } } } }
  return FilterCriteria.filter({ dynamodb: { NewImage: image } })
}
