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
  /** The function to run. Runs may overlap or be missed: work that one run leaves must be done by the next. */
  readonly target: ServiceFunction
}

/** The maximum of Lambda for an asynchronous event. */
const FUNCTION_RETRIES = 2

/** The maximum of EventBridge; the age of the event ends the retries first. */
const DELIVERY_RETRIES = 185

/**
 * Invokes a function periodically, by a rule that costs nothing. A failed run is retried twice. A run that neither
 * EventBridge nor Lambda could complete ends in a dead-letter queue, and can be ignored once a later run has succeeded.
 */
export class Schedule extends Construct {
  constructor(scope: Construct, id: string, { stage, alarms, every, target }: ScheduleProps) {
    super(scope, id)
    const { queue } = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: 'A scheduled run did not start, or failed three times.',
      runbook: 'schedule-dead-letters',
    })
    // EventBridge is done as soon as Lambda has accepted the event: Lambda must keep an event that the function then
    // fails to process.
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
        // FailedInvocations would also count events that reached the dead-letter queue.
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
