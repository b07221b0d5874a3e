import { Aws, CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Archive, EventBus as Bus, type EventPattern, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { namedRemovalPolicy, stackPrefix } from './physical-names.ts'
import type { ServiceFunction } from './service-function.ts'
import type { Stage } from './settings.ts'
import { WorkQueue } from './work-queue.ts'

export interface EventBusProps {
  readonly stage: Stage
  readonly alarms: Alarms
}

export interface EventRuleProps {
  /** Events that have all of it, as in `{ detailType: ['orders.order.created'] }`. */
  readonly pattern: EventPattern
  /** Gets the whole EventBridge event, the domain's in its `detail`; a queue in the message's body. */
  readonly target: WorkQueue | ServiceFunction
  /**
   * After this, what could not be delivered is a dead letter.
   *
   * @default 1 hour
   */
  readonly maxEventAge?: Duration
}

/** Of the archive, in which one finds the events to replay. */
const ARCHIVED = { dev: Duration.days(3), prod: Duration.days(30) }

/** EventBridge's most; the event's age ends the tries first. */
const MAX_RETRIES = 185

/** Lambda's most for an event that it took asynchronously. */
const FUNCTION_RETRIES = 2

/**
 * The bus of a system: its events for whoever wants them. Its name is the output `EventBusName`. All events are
 * archived, 3 days in dev and 30 in prod; docs/runbooks.md says how to replay them.
 */
export class EventBus extends Construct {
  readonly bus: Bus
  private readonly stage: Stage
  private readonly alarms: Alarms

  constructor(scope: Construct, id: string, { stage, alarms }: EventBusProps) {
    super(scope, id)
    this.stage = stage
    this.alarms = alarms
    // CloudFormation makes no names for buses.
    this.bus = new Bus(this, 'Bus', { eventBusName: stackPrefix() })
    const archive = new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      // All of them: other accounts' events would not be this system's.
      eventPattern: { account: [Aws.ACCOUNT_ID] },
      retention: ARCHIVED[stage],
    })
    // A bus can't be deleted while it has an archive, so that both stay or both go.
    for (const resource of [this.bus, archive]) resource.applyRemovalPolicy(namedRemovalPolicy(stage))
    new CfnOutput(Stack.of(this), 'EventBusName', { value: this.bus.eventBusName })
  }

  /** Lets a function publish: it finds the bus in `EVENT_BUS_NAME`. */
  grantPut({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('EVENT_BUS_NAME', this.bus.eventBusName)
    this.bus.grantPutEventsTo(target)
  }

  /**
   * Sends events of a pattern to a target, each at least once and in no order. What can't be delivered ends in a
   * dead-letter queue of the rule's own.
   */
  rule(id: string, props: EventRuleProps): EventRule {
    return new EventRule(this, id, { ...props, bus: this.bus, stage: this.stage, alarms: this.alarms })
  }
}

interface RuleProps extends EventRuleProps {
  readonly bus: Bus
  readonly stage: Stage
  readonly alarms: Alarms
}

/** A rule with one target and its dead letters. `EventBus.rule()` makes it. */
export class EventRule extends Construct {
  readonly rule: Rule
  readonly deadLetters: DeadLetterQueue

  constructor(scope: Construct, id: string, { bus, stage, alarms, ...props }: RuleProps) {
    super(scope, id)
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      stage,
      alarms,
      description: 'EventBridge could not deliver events to a target, or the target failed them.',
      runbook: 'rule-dead-letters',
    })
    this.rule = new Rule(this, 'Rule', { eventBus: bus, eventPattern: props.pattern, targets: [this.target(props)] })
    alarms.add(this, 'LostEventsAlarm', {
      metric: new Metric({
        namespace: 'AWS/Events',
        // Not FailedInvocations, which also counts what reached the dead-letter queue.
        metricName: 'InvocationsFailedToBeSentToDlq',
        dimensionsMap: { EventBusName: bus.eventBusName, RuleName: ruleName(this.rule) },
        period: Duration.minutes(5),
        statistic: 'Sum',
      }),
      threshold: 1,
      description: 'EventBridge gave up on an event that did not reach the dead-letter queue either.',
      runbook: 'rule-failed-invocations',
    })
  }

  private target({ target, maxEventAge = Duration.hours(1) }: EventRuleProps): IRuleTarget {
    const delivery = { deadLetterQueue: this.deadLetters.queue, maxEventAge, retryAttempts: MAX_RETRIES }
    if (target instanceof WorkQueue) {
      requireStandard(target)
      return new SqsQueue(target.queue, delivery)
    }
    // EventBridge is done as soon as Lambda has taken the event: what the function then fails is Lambda's to keep.
    target.target.configureAsyncInvoke({
      maxEventAge,
      retryAttempts: FUNCTION_RETRIES,
      onFailure: new SqsDestination(this.deadLetters.queue),
    })
    return new LambdaFunction(target.target, delivery)
  }
}

/**
 * EventBridge delivers to FIFO queues only with deduplication by content, by which a work queue would lose messages.
 *
 * @throws Error
 */
function requireStandard({ fifo, node }: WorkQueue): void {
  if (fifo)
    throw new Error(`${node.path} is a FIFO queue, and EventBridge keeps no order: a rule needs a standard one.`)
}

/** The `Ref` of a rule on a bus of one's own is `<bus>|<rule>`; its ARN ends with `rule/<bus>/<rule>`. */
function ruleName({ ruleArn }: Rule): string {
  return Fn.select(2, Fn.split('/', ruleArn))
}
