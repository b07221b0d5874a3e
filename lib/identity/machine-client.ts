import { CfnOutput, Duration, Stack } from 'aws-cdk-lib'
import {
  type ClientAttributes,
  OAuthScope,
  type UserPool,
  type UserPoolClient,
  UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito'
import { Construct } from 'constructs'
import { stackUuid } from '../shared/physical-names.ts'

export interface MachineClientProps {
  readonly pool: UserPool
  /** Scopes as tokens have them (`links/read`); the client may ask for all of them. */
  readonly scopes: readonly string[]
  /** The resource servers, which must exist before a client can name their scopes. */
  readonly resourceServers: readonly UserPoolResourceServer[]
  readonly writeAttributes: ClientAttributes
  /**
   * The tenant whose data the client works on.
   *
   * @default its tokens name no tenant, which is enough with `-c tenancy=single` only
   */
  readonly tenant?: string | undefined
}

/**
 * A client for programs, with a secret, and the token endpoint that accepts it (the client credentials grant). Cognito
 * charges for each token, and nothing for the client. The secret appears in no template and no output:
 * DescribeUserPoolClient returns it.
 */
export class MachineClient extends Construct {
  readonly client: UserPoolClient

  constructor(scope: Construct, id: string, props: MachineClientProps) {
    super(scope, id)
    const { pool, tenant } = props
    const resourceServers = [...props.resourceServers]
    const scopes = [...props.scopes]
    if (tenant !== undefined) {
      resourceServers.push(this.tenantServer(pool, tenant))
      scopes.push(`${TENANT_SERVER}/${tenant}`)
    }
    this.client = pool.addClient('MachineClient', {
      generateSecret: true,
      // Without a list Cognito allows users to sign in with SRP: with it, only the endpoint below gives this client a token.
      authFlows: { userSrp: false },
      preventUserExistenceErrors: true,
      oAuth: { flows: { clientCredentials: true }, scopes: scopes.map((name) => OAuthScope.custom(name)) },
      accessTokenValidity: Duration.hours(1),
      enableTokenRevocation: true,
      writeAttributes: props.writeAttributes,
    })
    this.client.node.addDependency(...resourceServers)
    new CfnOutput(Stack.of(this), 'MachineClientId', { value: this.client.userPoolClientId })
    this.addTokenEndpoint(pool)
  }

  /**
   * A scope that names the tenant whose data a token gives access to. Cognito grants a client only the scopes that the
   * stack assigned to it, so the trigger can trust this one, and needs no table of client ids (which would be a cycle:
   * function, client, pool).
   */
  private tenantServer(pool: UserPool, tenant: string): UserPoolResourceServer {
    return new UserPoolResourceServer(this, 'Tenant', {
      userPool: pool,
      identifier: TENANT_SERVER,
      scopes: [{ scopeName: tenant, scopeDescription: 'Work on the data of this tenant' }],
    })
  }

  private addTokenEndpoint(pool: UserPool): void {
    // A prefix is unique in a region over all accounts, and must not contain "aws", "amazon" or "cognito". A UUID can't
    // spell any of them: hexadecimal digits have no w, m or t.
    const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix: `stackyard-${stackUuid()}` } })
    new CfnOutput(Stack.of(this), 'TokenUrl', { value: `${domain.baseUrl()}/oauth2/token` })
  }
}

/**
 * The resource server with one scope for each tenant: functions/identity/token-changes.ts reads the tenant of a machine
 * from it.
 */
const TENANT_SERVER = 'tenant'
