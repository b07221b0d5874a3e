import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib'
import {
  AccountRecovery,
  CfnUserPoolGroup,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolOperation,
  UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import { type Access, tokenScopes } from '../shared/access.ts'
import { Alarms } from '../shared/alarms.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { removalPolicy, type Settings, type Stage, type TokenIssuer } from '../shared/settings.ts'
import { MachineClient } from './machine-client.ts'

export interface IdentityProps extends StackProps {
  readonly settings: Settings
  /** For each system, the groups that users can be in and the scopes that each grants. */
  readonly access: readonly Access[]
}

/** The scopes of each group, as tokens have them. */
type Groups = Readonly<Record<string, readonly string[]>>

/**
 * Attributes of a user that a client may write: explicit, because Cognito's default is all of them, the tenant
 * included.
 */
const WRITE_ATTRIBUTES = new ClientAttributes().withStandardAttributes({ email: true, fullname: true })

/**
 * The identity provider of the APIs where the account has no issuer of its own: one Cognito user pool for all systems.
 * Groups grant scopes, and a trigger writes the scopes and the tenant into access tokens.
 */
export class Identity extends Stack {
  readonly issuer: TokenIssuer

  constructor(scope: Construct, id: string, props: IdentityProps) {
    super(scope, id, props)
    const { settings, access } = props
    const groups = groupsOf(access)
    const pool = this.addPool(settings.stage)
    this.addTrigger(pool, settings.stage, groups)
    const client = this.addUserClient(pool)
    const clients = [client]
    const resourceServers = this.addResourceServers(pool, access)
    this.addGroups(pool, groups)
    if (settings.machineClient) {
      const machine = new MachineClient(this, 'Machine', {
        pool,
        resourceServers,
        scopes: access.flatMap((each) => tokenScopes(each, Object.keys(each.scopes))),
        writeAttributes: WRITE_ATTRIBUTES,
        tenant: settings.machineTenant,
      })
      clients.push(machine.client)
    }
    this.issuer = { url: pool.userPoolProviderUrl, audience: clients.map((each) => each.userPoolClientId) }
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId })
    new CfnOutput(this, 'ClientId', { value: client.userPoolClientId })
  }

  private addPool(stage: Stage): UserPool {
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
      // The cheapest plan with access tokens that a trigger can change.
      featurePlan: FeaturePlan.ESSENTIALS,
      // Immutable, and no client may write it: whoever creates the user decides which tenant the user belongs to.
      customAttributes: { tenant: new StringAttribute({ mutable: false, minLen: 1, maxLen: 128 }) },
      removalPolicy: removalPolicy(stage),
      deletionProtection: stage === 'prod',
    })
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'MFA is optional for every user, because users that are programs could not use it.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The Plus plan costs $0.02 a user and month; set it here to get its threat protection.',
      },
    )
    return pool
  }

  /**
   * Adds the trigger without a cycle: the pool refers to the function, the function to nothing of the pool, the
   * permission to both.
   */
  private addTrigger(pool: UserPool, stage: Stage, groups: Groups): void {
    const trigger = new ServiceFunction(this, 'PreToken', {
      stage,
      alarms: new Alarms(this, 'Alarms'),
      entry: 'functions/identity/pre-token.handler.ts',
      budget: 'no-aws',
      description: 'Writes the tenant and the scopes of the groups into access tokens.',
      environment: { GROUP_SCOPES: JSON.stringify(groups) },
      // Cognito waits 5 s for a trigger.
      timeout: Duration.seconds(5),
    })
    // V3_0 is the version that also runs for machines.
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger.target, LambdaVersion.V3_0)
  }

  private addUserClient(pool: UserPool): UserPoolClient {
    return pool.addClient('Client', {
      // The second flow is for an administrator's scripts: it requires the IAM permission AdminInitiateAuth.
      authFlows: { userSrp: true, adminUserPassword: true },
      preventUserExistenceErrors: true,
      disableOAuth: true,
      // A user who was removed from a group keeps its scopes for this long: the trigger runs again at every refresh.
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
      writeAttributes: WRITE_ATTRIBUTES,
    })
  }

  private addResourceServers(pool: UserPool, access: readonly Access[]): UserPoolResourceServer[] {
    return access.map(
      ({ resourceServer: identifier, scopes }) =>
        new UserPoolResourceServer(this, `${pascalCase(identifier)}Scopes`, {
          userPool: pool,
          identifier,
          scopes: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({ scopeName, scopeDescription })),
        }),
    )
  }

  private addGroups(pool: UserPool, groups: Groups): void {
    for (const [groupName, scopes] of Object.entries(groups)) {
      new CfnUserPoolGroup(this, `${pascalCase(groupName)}Group`, {
        userPoolId: pool.userPoolId,
        groupName,
        description: `Grants ${scopes.join(', ')}`,
      })
    }
  }
}

/** Merges the groups of all systems: a group that several systems name has the scopes of all of them. */
function groupsOf(access: readonly Access[]): Groups {
  const groups: Record<string, string[]> = {}
  for (const each of access) {
    for (const [group, names] of Object.entries(each.groups)) {
      groups[group] = [...(groups[group] ?? []), ...tokenScopes(each, names)]
    }
  }
  return groups
}

/** Turns `link-editors` into `LinkEditors`. */
function pascalCase(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
