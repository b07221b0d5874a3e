import { Validations } from 'aws-cdk-lib'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import { removalPolicy, type Stage } from './settings.ts'

export interface ServiceSecretProps {
  readonly stage: Stage
}

/**
 * A random secret of 64 letters and digits that functions derive keys from; $0.40 a month. Rotate it with `aws
 * secretsmanager put-secret-value` and another random value, at most once an hour: functions sign with the new one
 * within five minutes, and still accept signatures of the previous one.
 */
export class ServiceSecret extends Construct {
  readonly secret: Secret

  constructor(scope: Construct, id: string, { stage }: ServiceSecretProps) {
    super(scope, id)
    this.secret = new Secret(this, 'Secret', {
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removalPolicy(stage),
    })
    Validations.of(this.secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'It protects little, or nothing for longer than a day: manual rotation after a leak is enough.',
    })
  }
}
