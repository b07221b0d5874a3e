import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import type { ServiceFunction } from './service-function.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface DeadLetterQueueProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** Explains why a message ends here; one sentence. */
  readonly description: string
  /** The section of docs/runbooks.md that says what to do. */
  readonly runbook: string
  /**
   * True if it belongs to a FIFO queue, because it must then be one as well.
   *
   * @default false
   */
  readonly fifo?: boolean
}

/**
 * Keeps failed messages for up to 14 days, until someone handles them; `npm run redrive` moves them back. Its alarm
 * stays on from the first message until none is left.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue

  constructor(scope: Construct, id: string, { stage, alarms, description, runbook, fifo }: DeadLetterQueueProps) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      ...queueDefaults(stage, fifo),
      // The longest that SQS allows. A message that SQS itself moves here from a standard queue keeps its age.
      retentionPeriod: Duration.days(14),
    })
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself; the rule sees only those of queues and functions.',
    })
    alarms.add(this, 'NotEmptyAlarm', {
      metric: this.queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      description,
      runbook,
    })
  }

  /** Lets a function send poison messages here: it finds the queue's URL in `DEAD_LETTER_QUEUE_URL`. */
  takeFrom({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('DEAD_LETTER_QUEUE_URL', this.queue.queueUrl)
    this.queue.grant(target, 'sqs:SendMessage')
  }
}

/** Settings that all queues share: encryption at rest and in transit, and in prod they outlive their stack. */
export function queueDefaults(stage: Stage, fifo = false): QueueProps {
  return {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: removalPolicy(stage),
    ...(fifo && { fifo, contentBasedDeduplication: false }),
  }
}
