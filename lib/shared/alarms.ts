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
  /** The alarm rings when the metric is at or above this. */
  readonly threshold: number
  /**
   * How many periods in a row must be over the threshold.
   *
   * @default 1
   */
  readonly evaluationPeriods?: number
  /** What a person should know first; one sentence. */
  readonly description: string
  /** The section of docs/runbooks.md that says what to do. */
  readonly runbook: string
}

export interface CompositeAlarmProps extends Pick<AlarmProps, 'description' | 'runbook'> {
  readonly rule: IAlarmRule
}

/** The alarms of a stack, all of which go to one topic: its output `AlarmTopic` is what to subscribe to. */
export class Alarms extends Construct {
  readonly topic: Topic
  /** Every alarm so far, parts of composite ones included. */
  readonly all: AlarmBase[] = []

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.topic = new Topic(this, 'Topic', { enforceSSL: true })
    // A topic policy replaces SNS's default one, under which CloudWatch could publish.
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

  /** Adds an alarm that tells nobody by itself: a composite alarm looks at its state. */
  addPart(scope: Construct, id: string, props: AlarmProps): Alarm {
    const alarm = new Alarm(scope, id, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.evaluationPeriods ?? 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // These metrics have no datapoints while nothing happens, and nothing happening is fine.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: describe(props),
    })
    this.all.push(alarm)
    return alarm
  }

  /** Adds an alarm that rings by the states of others. */
  addComposite(scope: Construct, id: string, props: CompositeAlarmProps): CompositeAlarm {
    const alarm = new CompositeAlarm(scope, id, { alarmRule: props.rule, alarmDescription: describe(props) })
    const resource = alarm.node.defaultChild
    // The construct gives it a fixed name, and the stack would not fit twice into an account.
    if (resource instanceof CfnCompositeAlarm) resource.addPropertyDeletionOverride('AlarmName')
    alarm.addAlarmAction(new SnsAction(this.topic))
    this.all.push(alarm)
    return alarm
  }
}

function describe({ description, runbook }: Pick<AlarmProps, 'description' | 'runbook'>): string {
  return `${description} Runbook: docs/runbooks.md#${runbook}`
}
