import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { type AlarmBase, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Alias, type Function as LambdaFunction, type VersionOptions } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'

export interface CanaryDeploymentProps {
  readonly function: LambdaFunction
  readonly alarms: Alarms
}

const ALIAS = 'live'

/**
 * An alias can go back only to a version that is still there, so that versions outlive their update. One whose deploy is
 * rolled back must not: Lambda publishes no second version of the same code and configuration, and every later deploy of
 * them would fail ("A version for this Lambda function exists").
 */
export const RETAINED: VersionOptions = { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }

/**
 * The alias `live` of a function. A new version gets 10 % of its traffic for five minutes, then all of it; CodeDeploy
 * sends everything back to the version before when an alarm rings meanwhile, or the deployment fails or is stopped.
 * CodeDeploy asks nothing for Lambda; the alarm costs $0.10 a month.
 */
export class CanaryDeployment extends Construct {
  readonly alias: Alias
  private readonly group: LambdaDeploymentGroup

  constructor(scope: Construct, id: string, { function: fn, alarms }: CanaryDeploymentProps) {
    super(scope, id)
    // `currentVersion` changes with the function's code and configuration, and only then.
    this.alias = new Alias(this, 'Alias', { aliasName: ALIAS, version: fn.currentVersion })
    this.group = new LambdaDeploymentGroup(this, 'Deployment', {
      alias: this.alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      // The construct would add a managed policy, by which CodeDeploy could change every alias of the account.
      role: this.createRole(fn).withoutPolicyUpdates(),
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      alarms: [this.addErrorsAlarm(fn, alarms)],
    })
  }

  /** While this alarm rings, no new version is let in, and one that is on its way goes back. */
  rollBackOn(alarm: AlarmBase): void {
    this.group.addAlarm(alarm)
  }

  /**
   * Watches the newest version only, in the metrics that Lambda makes for each version behind an alias: errors of the
   * old version must not hold up the one that mends them.
   */
  private addErrorsAlarm(fn: LambdaFunction, alarms: Alarms): AlarmBase {
    return alarms.add(this, 'ErrorsAlarm', {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Errors',
        dimensionsMap: {
          FunctionName: fn.functionName,
          Resource: `${fn.functionName}:${ALIAS}`,
          ExecutedVersion: fn.currentVersion.version,
        },
        // The canary lasts five minutes; a datapoint arrives within about one.
        period: Duration.minutes(1),
        statistic: 'Sum',
      }),
      threshold: 1,
      description: 'The newest version crashed or timed out; while it is a canary it goes back by itself.',
      runbook: 'canary-rollback',
    })
  }

  /** What AWSCodeDeployRoleForLambdaLimited allows for the whole account, for one alias; there are no hooks or files. */
  private createRole(fn: LambdaFunction): Role {
    // Not the alias's own ARN: the alias depends on the deployment group, and that on this role.
    const alias = `${fn.functionArn}:${ALIAS}`
    const role = new Role(this, 'DeploymentRole', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
      inlinePolicies: {
        ShiftTraffic: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:GetAlias', 'lambda:UpdateAlias'],
              resources: [fn.functionArn, alias],
            }),
            new PolicyStatement({ actions: ['lambda:GetProvisionedConcurrencyConfig'], resources: [alias] }),
            new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [anyAlarm(this)] }),
          ],
        }),
      },
    })
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]',
      reason: 'A list of alarms can be asked for by one who may see all alarms of the account and region only.',
    })
    return role
  }
}

function anyAlarm(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
}
