import { Aws, CfnOutput, Duration, Fn, Stack } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import {
  Archive,
  EventBus as Bus,
  type EventPattern,
  type IEventBus,
  type IRuleTarget,
  Rule,
} from 'aws-cdk-lib/aws-events'
import { EventBus as BusTarget, LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import { namedRemovalPolicy, stackPrefix } from './physical-names.ts'
import { ServiceFunction } from './service-function.ts'
import type { Stage } from './settings.ts'
import { WorkQueue } from './work-queue.ts'

export interface EventBusProps {
  readonly stage: Stage
  readonly alarms: Alarms
}

export interface EventRuleProps {
  /** The event pattern: events match that have all of it, as in `{ detailType: ['orders.order.created'] }`. */
  readonly pattern: EventPattern
  /**
   * Receives the whole EventBridge event, with the domain event in its `detail`; a queue gets it as the message's body.
   * Another bus gets it as it is.
   */
  readonly target: WorkQueue | ServiceFunction | IEventBus
  /**
   * The age at which an undelivered event becomes a dead letter. A bus as the target has EventBridge's own, a day.
   *
   * @default 1 hour
   */
  readonly maxEventAge?: Duration
}

/** The days that the archive keeps events, from which they can be replayed. */
const ARCHIVED = { dev: Duration.days(3), prod: Duration.days(30) }

/** The maximum of EventBridge; the event's age ends the retries first. */
const MAX_RETRIES = 185

/** The maximum of Lambda for an asynchronous event. */
const FUNCTION_RETRIES = 2

/**
 * The event bus of a system, open to any consumer. Its name is the output `EventBusName`. All events are archived, 3
 * days in dev and 30 in prod; docs/runbooks.md says how to replay them.
 */
export class EventBus extends Construct {
  readonly bus: Bus
  private readonly stage: Stage
  private readonly alarms: Alarms

  constructor(scope: Construct, id: string, { stage, alarms }: EventBusProps) {
    super(scope, id)
    this.stage = stage
    this.alarms = alarms
    // CloudFormation generates no names for buses.
    this.bus = new Bus(this, 'Bus', { eventBusName: stackPrefix() })
    const archive = new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      // Events of this account only: those of other accounts would not be this system's.
      eventPattern: { account: [Aws.ACCOUNT_ID] },
      retention: ARCHIVED[stage],
    })
    // A bus can't be deleted while it has an archive, so either both are retained or both are deleted.
    for (const resource of [this.bus, archive]) resource.applyRemovalPolicy(namedRemovalPolicy(stage))
    new CfnOutput(Stack.of(this), 'EventBusName', { value: this.bus.eventBusName })
  }

  /** Lets a function publish events: it finds the bus in `EVENT_BUS_NAME`. */
  grantPut({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('EVENT_BUS_NAME', this.bus.eventBusName)
    this.bus.grantPutEventsTo(target)
  }

  /**
   * Sends events that match a pattern to a target, each at least once and in no order. Events that can't be delivered
   * end in the rule's own dead-letter queue.
   */
  rule(id: string, props: EventRuleProps): EventRule {
    return new EventRule(this, id, { ...props, bus: this.bus, stage: this.stage, alarms: this.alarms })
  }
}

interface RuleProps extends EventRuleProps {
  readonly bus: IEventBus
  readonly stage: Stage
  readonly alarms: Alarms
}

/** A rule with one target and a dead-letter queue. Create it with `EventBus.rule()`. */
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
        // FailedInvocations would also count events that reached the dead-letter queue.
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
    if (!(target instanceof ServiceFunction)) return this.forward(target)
    // EventBridge is done as soon as Lambda has accepted the event: Lambda must keep an event that the function then
    // fails to process.
    target.target.configureAsyncInvoke({
      maxEventAge,
      retryAttempts: FUNCTION_RETRIES,
      onFailure: new SqsDestination(this.deadLetters.queue),
    })
    return new LambdaFunction(target.target, delivery)
  }

  private forward(bus: IEventBus): BusTarget {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('events.amazonaws.com') })
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }))
    return new BusTarget(bus, { role, deadLetterQueue: this.deadLetters.queue })
  }
}

/**
 * Refuses FIFO queues: EventBridge delivers to them only with content-based deduplication, which would make a work
 * queue lose messages.
 *
 * @throws Error
 */
function requireStandard({ fifo, node }: WorkQueue): void {
  if (fifo)
    throw new Error(`${node.path} is a FIFO queue, and EventBridge keeps no order: a rule needs a standard one.`)
}

/**
 * Builds the ARN of a rule. The `Ref` of a rule on a custom bus is `<bus>|<rule>`; its ARN ends with
 * `rule/<bus>/<rule>`.
 */
function ruleName({ ruleArn }: Rule): string {
  return Fn.select(2, Fn.split('/', ruleArn))
}
