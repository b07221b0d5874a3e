import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { CfnBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceBucket } from './service-bucket.ts'
import type { Stage } from './settings.ts'
import type { WorkQueue } from './work-queue.ts'

export interface NewObjectsProps {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly bucket: ServiceBucket
  /** The beginning of the keys, as in `uploads/`. */
  readonly prefix: string
  /** Receives a message `{"file": "<key>"}` for each new object, at least once and in no order. */
  readonly queue: WorkQueue
}

/** The maximum of EventBridge; the event's age ends the retries first. */
const MAX_RETRIES = 185

/**
 * Sends a message for each object that is stored in a bucket or replaced. S3 publishes it on the account's default bus:
 * the bucket then needs no right to the queue, which would make each of the two refer to the other.
 */
export class NewObjects extends Construct {
  constructor(scope: Construct, id: string, { stage, alarms, bucket, prefix, queue }: NewObjectsProps) {
    super(scope, id)
    const resource = bucket.bucket.node.defaultChild
    // The CDK's own property would add a function with the right to change the notifications of every bucket.
    if (resource instanceof CfnBucket) {
      resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } }
    }
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: 'EventBridge could not deliver the news of an object to its queue.',
      runbook: 'rule-dead-letters',
    })
    const rule = new Rule(this, 'Rule', {
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucket.bucketName] }, object: { key: [{ prefix }] } },
      },
      targets: [
        new SqsQueue(queue.queue, {
          message: RuleTargetInput.fromObject({ file: EventField.fromPath('$.detail.object.key') }),
          deadLetterQueue: deadLetters.queue,
          maxEventAge: Duration.hours(1),
          retryAttempts: MAX_RETRIES,
        }),
      ],
    })
    alarms.add(this, 'LostEventsAlarm', {
      metric: new Metric({
        namespace: 'AWS/Events',
        // FailedInvocations would also count events that reached the dead-letter queue.
        metricName: 'InvocationsFailedToBeSentToDlq',
        dimensionsMap: { RuleName: rule.ruleName },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: 1,
      description: 'EventBridge gave up on an event that did not reach the dead-letter queue either.',
      runbook: 'rule-failed-invocations',
    })
  }
}
