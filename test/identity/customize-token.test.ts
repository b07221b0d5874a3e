import { customizeToken } from '../../functions/identity/customize-token.ts'
import { parseGroupScopes } from '../../functions/identity/group-scopes.ts'
import type { PreTokenEvent } from '../../functions/identity/token-changes.ts'
import { machineEvent, userEvent } from './pre-token-events.ts'

const GROUP_SCOPES = JSON.stringify({
  'link-viewers': ['links/read'],
  'link-editors': ['links/read', 'links/write'],
})

const customize = customizeToken(parseGroupScopes(GROUP_SCOPES))
const changes = (event: PreTokenEvent) =>
  customize(event).response.claimsAndScopeOverrideDetails.accessTokenGeneration ?? {}
const inGroups = (...groupsToOverride: string[]) => ({ groupConfiguration: { groupsToOverride } })

describe('a user', () => {
  test('gets the tenant and the scopes of the group, and keeps the scope for the own profile', () => {
    expect(changes(userEvent())).toEqual({
      claimsToAddOrOverride: { tenant: 'acme' },
      scopesToAdd: ['links/read', 'links/write'],
      scopesToSuppress: [],
    })
  })

  test.each([
    'TokenGeneration_HostedAuth',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
    'TokenGeneration_RefreshTokens',
    'TokenGeneration_OfTheFuture',
  ])('gets the same in the flow %s', (triggerSource) => {
    expect(changes(userEvent({}, triggerSource))).toEqual(changes(userEvent()))
  })

  test('gets what all groups grant, each scope once', () => {
    expect(changes(userEvent(inGroups('link-viewers', 'link-editors'))).scopesToAdd).toEqual([
      'links/read',
      'links/write',
    ])
  })

  test('loses a scope that was asked for, or was in the token before, and that no group grants', () => {
    const event = userEvent({ ...inGroups('link-viewers'), scopes: ['openid', 'links/read', 'links/admin', 'other/x'] })
    expect(changes(event)).toMatchObject({ scopesToAdd: [], scopesToSuppress: ['links/admin', 'other/x'] })
  })

  test.each([
    'strangers',
    'Link-Editors',
    'links/admin',
    'constructor',
    '__proto__',
    '',
  ])('gets nothing from a group called %j, which the stack does not know', (group) => {
    expect(changes(userEvent(inGroups(group))).scopesToAdd).toEqual([])
  })

  /** @proves identity/no-tenant-no-data */
  test.each<[string, Partial<PreTokenEvent['request']>]>([
    ['no attribute', { userAttributes: {} }],
    ['an empty attribute', { userAttributes: { 'custom:tenant': '' } }],
    ['an attribute of another name', { userAttributes: { tenant: 'acme', 'custom:Tenant': 'acme' } }],
    ['a scope as machines have it', { userAttributes: {}, scopes: ['tenant/acme'] }],
    ['a wish of the client', { userAttributes: {}, clientMetadata: { tenant: 'acme', 'custom:tenant': 'acme' } }],
  ])('with %s gets no tenant', (_, request) => {
    expect(changes(userEvent(request))).not.toHaveProperty('claimsToAddOrOverride')
  })

  test('without groups, scopes or attributes gets nothing, and the sign-in goes on', () => {
    const empty = { groupConfiguration: null, scopes: null, userAttributes: null } as never
    expect(changes(userEvent(empty))).toEqual({ scopesToAdd: [], scopesToSuppress: [] })
  })
})

describe('a machine', () => {
  test('gets the tenant that the stack gave to its client as a scope, and its scopes stay', () => {
    expect(changes(machineEvent())).toEqual({ claimsToAddOrOverride: { tenant: 'acme' } })
  })

  /** @proves identity/no-tenant-no-data */
  test.each([
    ['no tenant', ['links/read']],
    ['two tenants', ['tenant/acme', 'tenant/globex']],
    ['an empty tenant', ['tenant/']],
    ['a scope that only looks like one', ['tenants/acme', 'x.tenant/acme']],
  ])('with %s in its scopes gets no tenant', (_, scopes) => {
    expect(changes(machineEvent({ scopes }))).toEqual({})
  })

  test('gets nothing from what it says, from groups, or from attributes', () => {
    const event = machineEvent({
      scopes: ['links/read'],
      clientMetadata: { tenant: 'acme', scopes: 'links/admin' },
      userAttributes: { 'custom:tenant': 'acme' },
      ...inGroups('link-editors'),
    })
    expect(changes(event)).toEqual({})
  })

  test('without scopes gets nothing', () => {
    expect(changes(machineEvent({ scopes: null as never }))).toEqual({})
  })
})

test.each([
  userEvent({ clientMetadata: { a: 'b' } }),
  machineEvent(),
])('the rest of the event goes back as it came: %j', (event) => {
  const before = structuredClone(event)
  const { response, ...rest } = customize(event)
  const { response: _, ...expected } = before
  expect(rest).toEqual(expected)
  expect(Object.keys(response.claimsAndScopeOverrideDetails)).toEqual(['accessTokenGeneration'])
  expect(event).toEqual(before)
})

test.each([
  '[]',
  'null',
  '"x"',
  '{"g":"links/read"}',
  '{"g":["links"]}',
  '{"g":["links/read links/write"]}',
  '{"g":[1]}',
])('the table of groups is refused when it is %s', (json) => {
  expect(() => parseGroupScopes(json)).toThrow(`GROUP_SCOPES=${json} is invalid`)
})

test('the handler reads the table that the stack passes', async () => {
  process.env.GROUP_SCOPES = GROUP_SCOPES
  const { handler } = await import('../../functions/identity/pre-token.handler.ts')
  expect(await handler(userEvent())).toEqual(customize(userEvent()))
})
