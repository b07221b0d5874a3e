import { Duration, Validations } from 'aws-cdk-lib'
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import type { ServiceFunction } from './service-function.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface DeadLetterQueueProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** What it means that a message is here; one sentence. */
  readonly description: string
  /** The section of docs/runbooks.md that says what to do. */
  readonly runbook: string
  /**
   * Whether it belongs to a FIFO queue, and so must be one.
   *
   * @default false
   */
  readonly fifo?: boolean
}

/**
 * Where messages wait for a person, for up to 14 days; `npm run redrive` moves them back. Its alarm rings from the
 * first message on until none is left.
 */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue

  constructor(scope: Construct, id: string, { stage, alarms, description, runbook, fifo }: DeadLetterQueueProps) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      ...queueDefaults(stage, fifo),
      // SQS's longest. What SQS itself moves here from a standard queue keeps the age that it had there.
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

  /** Lets a function set poison aside here: it finds the queue in `DEAD_LETTER_QUEUE_URL`. */
  takeFrom({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('DEAD_LETTER_QUEUE_URL', this.queue.queueUrl)
    this.queue.grant(target, 'sqs:SendMessage')
  }
}

/** What all queues have: encryption at rest and on the way, and in prod they outlive their stack. */
export function queueDefaults(stage: Stage, fifo = false): QueueProps {
  return {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: removalPolicy(stage),
    ...(fifo && { fifo, contentBasedDeduplication: false }),
  }
}
