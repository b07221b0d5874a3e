import { CfnOutput, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  type AlarmBase,
  CfnCompositeAlarm,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'

export interface AlarmProps {
  readonly metric: IMetric
  /** The alarm fires when the metric is at or above this. */
  readonly threshold: number
  /**
   * The number of consecutive periods that must be at or above the threshold.
   *
   * @default 1
   */
  readonly evaluationPeriods?: number
  /** The first thing that the person on call should know; one sentence. */
  readonly description: string
  /** The section of docs/runbooks.md that says what to do. */
  readonly runbook: string
}

export interface CompositeAlarmProps extends Pick<AlarmProps, 'description' | 'runbook'> {
  readonly rule: IAlarmRule
}

/** The alarms of a stack, all of which notify one topic: subscribe to its output `AlarmTopic`. */
export class Alarms extends Construct {
  readonly topic: Topic
  /** Every alarm so far, including those that are parts of composite alarms. */
  readonly all: AlarmBase[] = []

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.topic = new Topic(this, 'Topic', { enforceSSL: true })
    // A topic policy replaces SNS's default policy, which would let CloudWatch publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsPublish',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    )
    new CfnOutput(Stack.of(this), 'AlarmTopic', { value: this.topic.topicArn })
  }

  /** Adds an alarm to `scope`, where it belongs to what it watches. */
  add(scope: Construct, id: string, props: AlarmProps): Alarm {
    const alarm = this.addPart(scope, id, props)
    alarm.addAlarmAction(new SnsAction(this.topic))
    return alarm
  }

  /** Adds an alarm that tells nobody, for use in a composite alarm. */
  addPart(scope: Construct, id: string, props: AlarmProps): Alarm {
    const alarm = new Alarm(scope, id, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.evaluationPeriods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // These metrics have no datapoints while nothing happens, which is fine.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: describe(props),
    })
    this.all.push(alarm)
    return alarm
  }

  /** Adds a composite alarm, which fires depending on the states of others. */
  addComposite(scope: Construct, id: string, props: CompositeAlarmProps): CompositeAlarm {
    const alarm = new CompositeAlarm(scope, id, { alarmRule: props.rule, alarmDescription: describe(props) })
    const resource = alarm.node.defaultChild
    // The construct would set a fixed name, and a second copy of the stack in the account would clash.
    if (resource instanceof CfnCompositeAlarm) resource.addPropertyDeletionOverride('AlarmName')
    alarm.addAlarmAction(new SnsAction(this.topic))
    this.all.push(alarm)
    return alarm
  }
}

function describe({ description, runbook }: Pick<AlarmProps, 'description' | 'runbook'>): string {
  return `${description} Runbook: docs/runbooks.md#${runbook}`
}
