import { at, ofType, referenced, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const stacks = stacksWith()
const identity = stackOf(stacks, 'Identity')
const [pool] = ofType(identity.resources, 'AWS::Cognito::UserPool')
const clients = ofType(identity.resources, 'AWS::Cognito::UserPoolClient')

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(identity.template)).toMatchSnapshot()
})

test('nobody signs up by themselves', () => {
  expect(at(pool?.properties, 'AdminCreateUserConfig', 'AllowAdminCreateUserOnly')).toBe(true)
})

test('the tenant of a user never changes', () => {
  expect(at(pool?.properties, 'Schema')).toContainEqual(expect.objectContaining({ Name: 'tenant', Mutable: false }))
})

test('no client may write the tenant', () => {
  expect(clients).not.toEqual([])
  for (const { properties } of clients) expect(at(properties, 'WriteAttributes') ?? []).not.toContain('custom:tenant')
})

test('no client sends a password, or tells whether a user exists', () => {
  for (const { properties } of clients) {
    expect(properties.ExplicitAuthFlows).toEqual(['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'])
    expect(properties.PreventUserExistenceErrors).toBe('ENABLED')
    expect(properties.AllowedOAuthFlowsUserPoolClient).toBe(false)
  }
})

test('pool and client are in the outputs', () => {
  expect(referenced(identity.outputs.UserPoolId)).toBe(pool?.id)
  expect(referenced(identity.outputs.ClientId)).toBe(clients[0]?.id)
})

test('the APIs believe this pool', () => {
  const [jwt] = ofType(stackOf(stacks, 'UrlShortener').resources, 'AWS::ApiGatewayV2::Authorizer')
  const outputOf = (value: unknown) => at(value, 'Fn::GetStackOutput', 'OutputName')
  const issuer = outputOf(at(jwt?.properties, 'JwtConfiguration', 'Issuer'))
  const audience = outputOf(at(jwt?.properties, 'JwtConfiguration', 'Audience', 0))
  expect(identity.outputs[String(issuer)]).toEqual({ 'Fn::GetAtt': [pool?.id, 'ProviderURL'] })
  expect(identity.outputs[String(audience)]).toEqual({ Ref: clients[0]?.id })
})
