import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule as RuleSchedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Stage } from './settings.ts'

export interface ScheduleProps {
  readonly stage: Stage
  readonly alarms: Alarms
  readonly every: Duration
  /** Two runs may overlap, and one may be missing: what a run leaves, the next one does. */
  readonly target: ServiceFunction
}

/** Lambda's most for an event that it took asynchronously. */
const FUNCTION_RETRIES = 2

/** EventBridge's most; the age of the event ends the tries first. */
const DELIVERY_RETRIES = 185

/**
 * Invokes a function again and again, by a rule that costs nothing. A run that fails is tried twice more; what comes of
 * neither EventBridge nor Lambda ends in a dead-letter queue, and is of no use once a later run has gone well.
 */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { stage, alarms, every, target }: ScheduleProps) {
    super(scope, id)
    const { queue } = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: 'A scheduled run did not begin, or failed three times.',
      runbook: 'schedule-dead-letters',
    })
    // EventBridge is done as soon as Lambda has taken the event: what the function then fails is Lambda's to keep.
    target.target.configureAsyncInvoke({
      maxEventAge: every,
      retryAttempts: FUNCTION_RETRIES,
      onFailure: new SqsDestination(queue),
    })
    const delivery = { deadLetterQueue: queue, maxEventAge: every, retryAttempts: DELIVERY_RETRIES }
    const rule = new Rule(this, 'Rule', {
      schedule: RuleSchedule.rate(every),
      targets: [new LambdaFunction(target.target, delivery)],
    })
    alarms.add(this, 'LostRunsAlarm', {
      metric: new Metric({
        namespace: 'AWS/Events',
        // Not FailedInvocations, which also counts what reached the dead-letter queue.
        metricName: 'InvocationsFailedToBeSentToDlq',
        dimensionsMap: { RuleName: rule.ruleName },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: 1,
      description: 'EventBridge gave up on a scheduled run, which did not reach the dead-letter queue either.',
      runbook: 'schedule-dead-letters',
    })
  }
}
