import { CfnOutput, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import { AccountRecovery, ClientAttributes, FeaturePlan, Mfa, StringAttribute, UserPool } from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import { removalPolicy, type Settings, type TokenIssuer } from '../shared/settings.ts'

export interface IdentityProps extends StackProps {
  readonly settings: Settings
}

/** Who may call the APIs, where the account has no issuer of its own: one Cognito user pool for all systems. */
export class Identity extends Stack {
  readonly issuer: TokenIssuer

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id, props)
    const { stage } = props.settings
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.ESSENTIALS,
      // Immutable, and no client may write it: whoever makes the user decides whose they are.
      customAttributes: { tenant: new StringAttribute({ mutable: false, minLen: 1, maxLen: 128 }) },
      removalPolicy: removalPolicy(stage),
      deletionProtection: stage === 'prod',
    })
    const client = pool.addClient('Client', {
      authFlows: { userSrp: true },
      preventUserExistenceErrors: true,
      disableOAuth: true,
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true, fullname: true }),
    })
    this.issuer = { url: pool.userPoolProviderUrl, audience: [client.userPoolClientId] }
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId })
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId })
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'A second factor is offered to every user, and not forced on those that are programs.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The Plus plan costs $0.02 a user and month; whoever wants its threat protection sets it here.',
      },
    )
  }
}
