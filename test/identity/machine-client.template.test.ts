import { at, newApp, ofType, referenced, stackOf, stacksWith, stringsIn } from '../support/templates.ts'

const MACHINE = { machineClient: 'true' }
const identityWith = (settings: Record<string, string>) => stackOf(stacksWith(settings), 'Identity')

const identity = identityWith(MACHINE)
const ofAcme = identityWith({ ...MACHINE, machineTenant: 'acme' })
const machineOf = ({ resources }: typeof identity) =>
  ofType(resources, 'AWS::Cognito::UserPoolClient').find(({ properties }) => properties.GenerateSecret === true)
const machine = machineOf(identity)

test.each([
  MACHINE,
  { ...MACHINE, machineTenant: 'acme' },
  { ...MACHINE, stage: 'prod' },
])('synth finds nothing with %j', (settings) => {
  expect(() => newApp(settings).synth()).not.toThrow()
}, 60_000)

test('the machine signs in with its secret only, and no user through it', () => {
  expect(machine?.properties).toMatchObject({
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthFlowsUserPoolClient: true,
    // Without a list Cognito would add SRP and custom flows.
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    AccessTokenValidity: 60,
  })
})

/** The scopes of all systems, as their resource servers have them. */
const scopes = ofType(identity.resources, 'AWS::Cognito::UserPoolResourceServer').flatMap(({ properties }) =>
  (properties.Scopes as object[]).map((scope) => `${properties.Identifier}/${at(scope, 'ScopeName')}`),
)

test('the machine may ask for the scopes of the systems', () => {
  expect(scopes).not.toEqual([])
  expect(stringsIn(at(machine?.properties, 'AllowedOAuthScopes')).sort()).toEqual(scopes.sort())
})

test('the machine has a tenant only if the stack names one', () => {
  expect(stringsIn(at(machine?.properties, 'AllowedOAuthScopes')).filter((name) => name.startsWith('tenant/'))).toEqual(
    [],
  )
  const ofTenant = stringsIn(at(machineOf(ofAcme)?.properties, 'AllowedOAuthScopes'))
  expect(ofTenant.sort()).toEqual([...scopes, 'tenant/acme'].sort())
})

test.each([identity, ofAcme])('the machine is made after the scopes that it names', (stack) => {
  const template = stack.template.toJSON()
  const servers = ofType(stack.resources, 'AWS::Cognito::UserPoolResourceServer').map(({ id }) => id)
  expect(servers).not.toEqual([])
  expect(at(template, 'Resources', machineOf(stack)?.id ?? '', 'DependsOn')).toEqual(expect.arrayContaining(servers))
})

/** @proves identity/tenant-fixed */
test('no client may write the tenant, or whatever it likes', () => {
  const clients = ofType(identity.resources, 'AWS::Cognito::UserPoolClient')
  expect(clients).toHaveLength(2)
  for (const { properties } of clients) expect(properties.WriteAttributes).toEqual(['email', 'name'])
})

test('the token endpoint has a name that no other stack has', () => {
  const [domain] = ofType(identity.resources, 'AWS::Cognito::UserPoolDomain')
  const uuid = { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] }
  expect(at(domain?.properties, 'Domain')).toEqual({ 'Fn::Join': ['', ['stackyard-', uuid]] })
  expect(stringsIn(identity.outputs.TokenUrl).join('')).toMatch(/^https:\/\/.*\.amazoncognito\.com\/oauth2\/token$/)
})

test('the secret is in no output', () => {
  expect(referenced(identity.outputs.MachineClientId)).toBe(machine?.id)
  expect(stringsIn(identity.outputs).filter((text) => /secret/i.test(text))).toEqual([])
})

test('the APIs believe both clients', () => {
  const stacks = stacksWith(MACHINE)
  const clients = ofType(stackOf(stacks, 'Identity').resources, 'AWS::Cognito::UserPoolClient').map(({ id }) => id)
  const { outputs } = stackOf(stacks, 'Identity')
  const authorizers = stacks
    .flatMap(({ resources }) => ofType(resources, 'AWS::ApiGatewayV2::Authorizer'))
    .filter(({ properties }) => properties.AuthorizerType === 'JWT')
  expect(authorizers).not.toEqual([])
  for (const { properties } of authorizers) {
    const audience = at(properties, 'JwtConfiguration', 'Audience') as unknown[]
    const believed = audience.map((each) => referenced(outputs[String(at(each, 'Fn::GetStackOutput', 'OutputName'))]))
    expect(believed.sort()).toEqual(clients.sort())
  }
})
