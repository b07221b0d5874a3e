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
 * Retains versions on updates, because an alias can only be rolled back to a version that still exists. A version whose
 * deployment is rolled back is deleted: Lambda publishes no second version with the same code and configuration, so
 * every later deployment of them would fail ("A version for this Lambda function exists").
 */
export const RETAINED: VersionOptions = { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }

/**
 * The alias `live` of a function. A new version gets 10 % of the traffic for five minutes, then all of it. CodeDeploy
 * shifts everything back to the previous version when an alarm fires in the meantime, or the deployment fails or is
 * stopped. CodeDeploy is free for Lambda; the alarm costs $0.10 a month.
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
      // The construct would add a managed policy that lets CodeDeploy change every alias of the account.
      role: this.createRole(fn).withoutPolicyUpdates(),
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
      alarms: [this.addErrorsAlarm(fn, alarms)],
    })
  }

  /** Blocks new versions while this alarm is in the state ALARM, and rolls back one that is being deployed. */
  rollBackOn(alarm: AlarmBase): void {
    this.group.addAlarm(alarm)
  }

  /**
   * Watches only the newest version, in the metrics that Lambda emits for each version behind an alias: errors of the
   * old version must not block the version that fixes them.
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
      description: 'The newest version crashed or timed out; CodeDeploy rolls back a canary automatically.',
      runbook: 'canary-rollback',
    })
  }

  /**
   * Grants for one alias what AWSCodeDeployRoleForLambdaLimited allows for the whole account; there are no hooks or
   * files.
   */
  private createRole(fn: LambdaFunction): Role {
    // The alias's own ARN would be a cycle: the alias depends on the deployment group, which depends on this role.
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
      reason: 'DescribeAlarms supports no resource-level permissions.',
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
