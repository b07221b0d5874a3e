import { Aws, Duration } from 'aws-cdk-lib'
import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, type IFunction, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { type BundleBudget, checkBudget } from './bundle-budget.ts'
import { CanaryDeployment, RETAINED } from './canary-deployment.ts'
import { readBundle } from './function-bundles.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface ServiceFunctionProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /** The handler's path from the project's root, as in `functions/orders/api.handler.ts`. */
  readonly entry: string
  /** The size limit of the bundle; synth fails above it. */
  readonly budget: BundleBudget
  /** One sentence, shown in the console. */
  readonly description: string
  /** @default no variables */
  readonly environment?: Record<string, string>
  /**
   * Memory in MB. A function has a full core at 1,769 MB, and memory is charged by the millisecond.
   *
   * @default 512
   */
  readonly memorySize?: number
  /** @default 10 seconds */
  readonly timeout?: Duration
}

/**
 * The standard Lambda function of all systems: arm64, Node 24, one bundle, a role of its own that can only write its
 * log, a log group with retention, and alarms for errors and throttles. It reserves no concurrency: an account must
 * keep 100 unreserved, and new accounts have little more.
 *
 * In prod a new version first gets a tenth of the traffic and is rolled back automatically when it fails; in dev the
 * latest deployment gets all traffic at once.
 */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction
  /** The handler's path from the project's root. */
  readonly entry: string
  /** The budget, which tools show beside the bundle's size. */
  readonly budget: BundleBudget
  /** The target of event sources and grants: the alias `live` in prod, the function itself in dev. */
  readonly target: IFunction
  readonly logGroup: LogGroup
  private readonly canary: CanaryDeployment | undefined

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id)
    this.entry = props.entry
    this.budget = props.budget
    const bundle = readBundle(props.entry)
    checkBudget(props.entry, bundle, props.budget)

    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.stage === 'prod' ? RetentionDays.THREE_MONTHS : RetentionDays.ONE_WEEK,
      removalPolicy: removalPolicy(props.stage),
    })
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundle.directory),
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(10),
      role: this.createRole(),
      logGroup: this.logGroup,
      environment: {
        // The DNS suffix of the partition: amazonaws.com, amazonaws.com.cn, …
        URL_SUFFIX: Aws.URL_SUFFIX,
        // The dimension of all metrics of the function: see `stackMetric`.
        STACK_NAME: Aws.STACK_NAME,
        ...props.environment,
      },
      currentVersionOptions: RETAINED,
    })
    this.addAlarms(props.alarms)
    if (props.stage === 'prod') {
      this.canary = new CanaryDeployment(this, 'Canary', { function: this.function, alarms: props.alarms })
    }
    this.target = this.canary?.alias ?? this.function
  }

  /**
   * Blocks new versions while this alarm is in the state ALARM, and rolls back one that is being deployed. Does nothing
   * in dev.
   */
  rollBackOn(alarm: AlarmBase): void {
    this.canary?.rollBackOn(alarm)
  }

  /** Replaces the managed policy, which lets a function write every log of the account. */
  private createRole(): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    )
    return role
  }

  private addAlarms(alarms: Alarms): void {
    const period = Duration.minutes(5)
    alarms.add(this, 'ErrorsAlarm', {
      metric: this.function.metricErrors({ period, statistic: 'Sum' }),
      threshold: 1,
      description: 'The function crashed or timed out, which no request should cause.',
      runbook: 'function-errors',
    })
    alarms.add(this, 'ThrottlesAlarm', {
      metric: this.function.metricThrottles({ period, statistic: 'Sum' }),
      threshold: 1,
      description: 'The function was throttled: it ran out of concurrency.',
      runbook: 'function-throttles',
    })
  }
}
