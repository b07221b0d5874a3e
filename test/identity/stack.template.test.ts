import { Identity } from '../../lib/identity/stack.ts'
import { defineAccess } from '../../lib/shared/access.ts'
import { parseSettings } from '../../lib/shared/settings.ts'
import {
  at,
  emptyApp,
  ofType,
  referenced,
  STAGES,
  type SynthesizedStack,
  stackOf,
  stacksWith,
  stringsIn,
  synthesize,
  withoutAssetHashes,
} from '../support/templates.ts'

const ACCESS = defineAccess({
  resourceServer: 'orders',
  scopes: { read: 'See orders', write: 'Place orders' },
  groups: { buyers: ['read', 'write'] },
})

const stacks = stacksWith()
const identity = stackOf(stacks, 'Identity')
const [pool] = ofType(identity.resources, 'AWS::Cognito::UserPool')
const clients = ofType(identity.resources, 'AWS::Cognito::UserPoolClient')

/** The scopes of all resource servers of a stack, as tokens have them. */
function scopesOf({ resources }: SynthesizedStack): string[] {
  return ofType(resources, 'AWS::Cognito::UserPoolResourceServer').flatMap(({ properties }) =>
    (properties.Scopes as object[]).map((scope) => `${properties.Identifier}/${at(scope, 'ScopeName')}`),
  )
}

test('the template is the one that was reviewed, whatever systems there are', () => {
  const app = emptyApp()
  const settings = parseSettings(app.node)
  new Identity(app, 'Identity', { settings, access: [ACCESS] })
  const [stack] = synthesize(app)
  expect(stack && withoutAssetHashes(stack.template)).toMatchSnapshot()
})

/** @proves identity/no-sign-up */
test('nobody signs up by themselves', () => {
  expect(at(pool?.properties, 'AdminCreateUserConfig', 'AllowAdminCreateUserOnly')).toBe(true)
})

/** @proves identity/tenant-fixed */
test('the tenant of a user never changes', () => {
  expect(at(pool?.properties, 'Schema')).toContainEqual(expect.objectContaining({ Name: 'tenant', Mutable: false }))
})

test('a client that a program uses is there only when it was asked for', () => {
  expect(clients).toHaveLength(1)
  expect(ofType(identity.resources, 'AWS::Cognito::UserPoolDomain')).toEqual([])
  expect(Object.keys(identity.outputs)).not.toEqual(expect.arrayContaining(['MachineClientId', 'TokenUrl']))
})

test('only an administrator’s script sends a password; the client tells nobody whether a user exists, and has no OAuth flow', () => {
  expect(clients[0]?.properties).toMatchObject({
    ExplicitAuthFlows: ['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    AllowedOAuthFlowsUserPoolClient: false,
  })
})

test('access lasts an hour, and a sign-in 30 days', () => {
  expect(clients[0]?.properties).toMatchObject({
    AccessTokenValidity: 60,
    IdTokenValidity: 60,
    RefreshTokenValidity: 30 * 24 * 60,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
    EnableTokenRevocation: true,
  })
})

describe('the trigger', () => {
  const [trigger] = ofType(identity.resources, 'AWS::Lambda::Function')

  test('runs before every token, with the event that machines have too', () => {
    expect(at(pool?.properties, 'LambdaConfig', 'PreTokenGenerationConfig', 'LambdaVersion')).toBe('V3_0')
    expect(at(pool?.properties, 'UserPoolTier')).toBe('ESSENTIALS')
  })

  test.each(STAGES)('may be called in %s as the pool calls it, and by this pool only', (stage) => {
    const { resources } = stackOf(stacksWith({ stage }), 'Identity')
    const [caller] = ofType(resources, 'AWS::Cognito::UserPool')
    expect(ofType(resources, 'AWS::Lambda::Permission').map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: at(caller?.properties, 'LambdaConfig', 'PreTokenGenerationConfig', 'LambdaArn'),
        Principal: 'cognito-idp.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [caller?.id, 'Arn'] },
      },
    ])
  })

  test('answers before Cognito stops waiting', () => {
    expect(at(trigger?.properties, 'Timeout')).toBeLessThanOrEqual(5)
  })

  test('grants scopes that a resource server has, to groups that the pool has', () => {
    const groups = ofType(identity.resources, 'AWS::Cognito::UserPoolGroup').map(
      ({ properties }) => properties.GroupName,
    )
    const table: object = JSON.parse(String(at(trigger?.properties, 'Environment', 'Variables', 'GROUP_SCOPES')))
    expect(Object.keys(table).sort()).toEqual(groups.sort())
    expect(new Set(stringsIn(table))).toEqual(new Set(scopesOf(identity)))
  })
})

test('every scope that a route asks for can be had', () => {
  const routes = stacks.flatMap(({ resources }) => ofType(resources, 'AWS::ApiGatewayV2::Route'))
  // Each is there in both spellings: this is Cognito's.
  const asked = routes
    .flatMap(({ properties }) => stringsIn(properties.AuthorizationScopes))
    .filter((scope) => scope.includes('/'))
  expect(asked).not.toEqual([])
  expect(scopesOf(identity)).toEqual(expect.arrayContaining(asked))
})

test('pool and client are in the outputs', () => {
  expect(referenced(identity.outputs.UserPoolId)).toBe(pool?.id)
  expect(referenced(identity.outputs.ClientId)).toBe(clients[0]?.id)
})

test('the APIs believe this pool', () => {
  const outputOf = (value: unknown) => at(value, 'Fn::GetStackOutput', 'OutputName')
  const authorizers = stacks
    .flatMap(({ resources }) => ofType(resources, 'AWS::ApiGatewayV2::Authorizer'))
    .filter(({ properties }) => properties.AuthorizerType === 'JWT')
  expect(authorizers).not.toEqual([])
  for (const { properties } of authorizers) {
    const issuer = outputOf(at(properties, 'JwtConfiguration', 'Issuer'))
    const audience = outputOf(at(properties, 'JwtConfiguration', 'Audience', 0))
    expect(identity.outputs[String(issuer)]).toEqual({ 'Fn::GetAtt': [pool?.id, 'ProviderURL'] })
    expect(identity.outputs[String(audience)]).toEqual({ Ref: clients[0]?.id })
  }
})
