import { Duration } from 'aws-cdk-lib'
import type { IGrantable } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { CfnQueue, DeduplicationScope, FifoThroughputLimit, Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue, queueDefaults } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Stage } from './settings.ts'

export interface WorkQueueProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /**
   * True for a FIFO queue, in which messages of a group stay in order. Senders then give each message a group and a
   * deduplication id: the same body may be sent twice on purpose.
   *
   * @default false
   */
  readonly fifo?: boolean
  /**
   * The number of times that a message is received before it becomes a dead letter. A throttled function also uses up
   * receives, so AWS advises at least 5. In a FIFO queue a message also uses one up whenever one before it in its batch
   * fails: with 5, up to nine good messages would become dead letters together with a bad one.
   *
   * @default 5, or 15 if it is a FIFO queue
   */
  readonly maxReceiveCount?: number
  /**
   * The age of the oldest message at which the alarm fires.
   *
   * @default 15 minutes
   */
  readonly maxAge?: Duration
}

export interface ConsumerProps {
  /** The maximum number of messages in an invocation: up to 10, or 10,000 with a batching window. */
  readonly batchSize: number
  /**
   * The time for which Lambda gathers messages before it invokes the function. FIFO queues have none.
   *
   * @default none
   */
  readonly maxBatchingWindow?: Duration
  /**
   * Concurrent invocations, at least 2: the limit protects services that the consumer calls, and leaves concurrency to
   * other functions.
   */
  readonly maxConcurrency: number
  /**
   * Names the queue to the function (`QUEUE_URL`), so that it can let failed messages come again soon (`retrySoon` of
   * `functions/shared/queue`). Otherwise they wait for the visibility timeout, and in a FIFO queue their group with them.
   *
   * @default false
   */
  readonly retriesSoon?: boolean
}

/**
 * Lifts the limit of 300 requests a second from a FIFO queue as a whole to each message group. It needs deduplication by
 * group, so senders must not rely on an id across groups.
 */
const HIGH_THROUGHPUT = {
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
}

const RECEIVES = { standard: 5, fifo: 15 }

/**
 * A queue with its consumer, and a dead-letter queue for messages that the consumer sets aside or fails too often. A
 * message is delivered at least once and kept for 4 days, its dead letter for 14. Nothing is lost while the consumer
 * lags.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: DeadLetterQueue
  readonly fifo: boolean
  private consumer: ServiceFunction | undefined

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id)
    const { stage, alarms, fifo = false, maxAge = Duration.minutes(15) } = props
    this.fifo = fifo
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      fifo,
      description: 'Messages of a queue were set aside, or failed too often.',
      runbook: 'queue-dead-letters',
    })
    this.queue = new Queue(this, 'Queue', {
      ...queueDefaults(stage, fifo),
      ...(fifo && HIGH_THROUGHPUT),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: {
        queue: this.deadLetters.queue,
        maxReceiveCount: props.maxReceiveCount ?? (fifo ? RECEIVES.fifo : RECEIVES.standard),
      },
    })
    alarms.add(this, 'AgeAlarm', {
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: maxAge.toSeconds(),
      description: `A message has waited for ${maxAge.toHumanString()}: the consumer lags.`,
      runbook: 'queue-age',
    })
    this.node.addValidation({
      validate: () => (this.consumer ? [] : [`${this.node.path} has no consumer: call consume().`]),
    })
  }

  /**
   * Sets the one function that consumes the messages, as `functions/shared/queue` does: it reports which messages of a
   * batch failed, and finds the queue for poison messages in `DEAD_LETTER_QUEUE_URL`.
   *
   * @throws Error when the queue has a consumer, or the function another source.
   */
  consume(fn: ServiceFunction, props: ConsumerProps): void {
    const { batchSize, maxBatchingWindow, maxConcurrency, retriesSoon = false } = props
    if (this.consumer)
      throw new Error(`${this.node.path} is consumed by ${this.consumer.node.path}: a queue has one consumer.`)
    requireNoSource(fn)
    this.consumer = fn
    this.hideFor(fn, maxBatchingWindow)
    fn.target.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize,
        maxConcurrency,
        reportBatchItemFailures: true,
        ...(maxBatchingWindow && { maxBatchingWindow }),
      }),
    )
    this.deadLetters.takeFrom(fn)
    if (retriesSoon) fn.function.addEnvironment('QUEUE_URL', this.queue.queueUrl)
  }

  /** Lets a function send messages. */
  grantSend(grantee: IGrantable): void {
    this.queue.grant(grantee, 'sqs:SendMessage')
  }

  /**
   * The visibility timeout: six times the function's timeout plus the batching window, as AWS advises, so that Lambda
   * can retry a throttled batch before others receive its messages.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  private hideFor({ function: fn }: ServiceFunction, maxBatchingWindow = Duration.seconds(0)): void {
    const timeout = fn.timeout ?? Duration.seconds(3)
    const resource = this.queue.node.defaultChild
    if (resource instanceof CfnQueue) {
      resource.visibilityTimeout = 6 * timeout.toSeconds() + maxBatchingWindow.toSeconds()
    }
  }
}

/**
 * Refuses a function with another source: its timeout, its concurrency and the dead-letter queue in its environment
 * suit one source only.
 *
 * @throws Error
 */
export function requireNoSource(fn: ServiceFunction): void {
  if (fn.target.node.children.some((child) => child instanceof EventSourceMapping)) {
    throw new Error(`${fn.node.path} already has an event source: use another function for this one.`)
  }
}
