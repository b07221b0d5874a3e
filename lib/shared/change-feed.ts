import { Duration } from 'aws-cdk-lib'
import { FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'
import type { ServiceTable } from './service-table.ts'
import type { Stage } from './settings.ts'
import { requireNoSource } from './work-queue.ts'

export interface ChangeFeedProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** The table whose changes are read. It must have a stream (`stream: true`), which two functions can read at most. */
  readonly table: ServiceTable
  /** Gets the changes; it sets aside those that it can't use, and throws if it can't go on. */
  readonly consumer: ServiceFunction
  /**
   * The parts of records by which changes are chosen, as Lambda's filters: those that match none cost nothing. At most 5.
   */
  readonly filters: readonly Record<string, unknown>[]
  /** One sentence each about dead letters and about a lag, with the section of the runbook. */
  readonly texts: {
    readonly deadLetters: string
    readonly deadLettersRunbook: string
    readonly lag: string
    readonly lagRunbook: string
  }
  /**
   * The maximum number of changes in an invocation, 1 to 10,000.
   *
   * @default 50
   */
  readonly batchSize?: number
  /**
   * Concurrent invocations for each of the stream's shards, 1 to 10; changes with the same partition key stay in order.
   *
   * @default 1
   */
  readonly parallelization?: number
}

/**
 * Half of the 24 hours for which a stream keeps its records: the other half is left to read the records that a dead
 * letter refers to.
 */
const MAX_RECORD_AGE = Duration.hours(12)

/** Lambda backs off between retries. The function itself sets poison records aside, so failures are outages or bugs. */
const RETRIES = 100

/** The lag of the stream above which its consumer counts as late. */
export const MAX_LAG = Duration.minutes(5)

/**
 * Hands the changes of a table's items to a function: at least once, in order for each partition key. Records that the
 * function fails for 12 hours, or 100 times, end in a dead-letter queue.
 */
export class ChangeFeed extends Construct {
  readonly deadLetters: DeadLetterQueue

  constructor(scope: Construct, id: string, props: ChangeFeedProps) {
    super(scope, id)
    const { stage, alarms, table, consumer, texts } = props
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: texts.deadLetters,
      runbook: texts.deadLettersRunbook,
    })
    requireNoSource(consumer)
    consumer.target.addEventSourceMapping('Stream', {
      eventSourceArn: table.streamArn,
      // LATEST would skip changes written before the mapping first polls, also when the mapping is replaced.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 50,
      parallelizationFactor: props.parallelization ?? 1,
      bisectBatchOnError: true,
      retryAttempts: RETRIES,
      maxRecordAge: MAX_RECORD_AGE,
      onFailure: new SqsDlq(this.deadLetters.queue),
      filters: props.filters.map((filter) => FilterCriteria.filter(filter)),
    })
    table.grantStream(consumer.target)
    this.deadLetters.takeFrom(consumer)
    alarms.add(this, 'IteratorAgeAlarm', {
      metric: consumer.function.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: MAX_LAG.toMilliseconds(),
      description: texts.lag,
      runbook: texts.lagRunbook,
    })
  }
}
