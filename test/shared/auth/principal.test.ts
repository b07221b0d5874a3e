import { requirePrincipal, SINGLE_TENANT, type Tenancy, tenantOf } from '../../../functions/shared/auth/principal.ts'
import { HttpProblem } from '../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const CLAIMS = { sub: 'user-1', tenant: 'acme', scope: 'links:write' }

function principalOf(claims: Record<string, string> | undefined, tenancy: Tenancy = 'multi') {
  const event = httpEvent({ routeKey: 'POST /v1/links', ...(claims && { claims }) })
  return requirePrincipal(requestOf(event), 'links:write', tenancy)
}

function problemOf(claims: Record<string, string> | undefined, tenancy?: Tenancy) {
  try {
    principalOf(claims, tenancy)
  } catch (error) {
    if (error instanceof HttpProblem) return { status: error.problem.status, code: error.problem.code }
    throw error
  }
  return 'nothing thrown'
}

test.each([
  'links:write',
  'links/write',
  'openid links:read links:write',
  'links/read  links/write',
])('the scope claim %j grants links:write', (scope) => {
  expect(principalOf({ ...CLAIMS, scope })).toMatchObject({ sub: 'user-1', tenant: 'acme' })
})

test.each(['links:write', '[links:read links:write]'])('the claim scp counts as scope does: %j', (scp) => {
  expect(principalOf({ sub: 'user-1', tenant: 'acme', scp })).toMatchObject({ tenant: 'acme' })
  expect(principalOf({ sub: 'user-1', tenant: 'acme', scope: 'null', scp }).tenant).toBe('acme')
  expect(problemOf({ sub: 'user-1', tenant: 'acme', scp: 'links:read' })).toMatchObject({ code: 'scope-missing' })
})

test.each(['', 'links:read'])('where a token has both, the scope claim %j alone decides', (scope) => {
  expect(problemOf({ ...CLAIMS, scope, scp: '[links:write]' })).toEqual({ status: 403, code: 'scope-missing' })
  const scopes = principalOf({ ...CLAIMS, scope: `${scope} links:write`, scp: '[links:admin]' }).scopes
  expect(scopes.has('links:admin')).toBe(false)
})

test('both spellings are one scope to whoever asks later', () => {
  expect(principalOf({ ...CLAIMS, scope: 'links/write links:read' }).scopes).toEqual(
    new Set(['links:write', 'links:read']),
  )
})

test.each([
  '',
  'links:read',
  'links:write2',
  'xlinks:write',
  'links',
  'links:*',
  'LINKS:WRITE',
  'other,links:write',
  'null',
])('the scope claim %j is 403 scope-missing', (scope) => {
  expect(problemOf({ ...CLAIMS, scope })).toEqual({ status: 403, code: 'scope-missing' })
})

test('a route may ask for one of several scopes', () => {
  const event = (scope: string) => httpEvent({ routeKey: 'GET /v1/links', claims: { ...CLAIMS, scope } })
  const asked = ['links:read', 'links:admin']
  expect(requirePrincipal(requestOf(event('links/admin')), asked, 'multi').tenant).toBe('acme')
  expect(() => requirePrincipal(requestOf(event('links:write')), asked, 'multi')).toThrow('links:read or links:admin')
})

test('a token without a scope claim, as an ID token is, is 403 scope-missing', () => {
  expect(problemOf({ sub: 'user-1', tenant: 'acme' })).toEqual({ status: 403, code: 'scope-missing' })
})

test.each([
  ['no token', undefined],
  ['a token without a subject', { tenant: 'acme', scope: 'links:write' }],
  ['a token with an empty subject', { ...CLAIMS, sub: '' }],
  ['a token whose subject is null', { ...CLAIMS, sub: 'null' }],
])('%s is 401', (_, claims) => {
  expect(problemOf(claims)).toEqual({ status: 401, code: 'unauthorized' })
  expect(problemOf(claims, 'single')).toEqual({ status: 401, code: 'unauthorized' })
})

test('a token without a tenant is 403 tenant-missing', () => {
  expect(problemOf({ sub: 'user-1', scope: 'links:write' })).toEqual({ status: 403, code: 'tenant-missing' })
})

test('a tenant that is null, which API Gateway writes as a text, is none: 403', () => {
  expect(problemOf({ ...CLAIMS, tenant: 'null' })).toEqual({ status: 403, code: 'tenant-missing' })
  expect(principalOf({ ...CLAIMS, tenant: 'Null' }).tenant).toBe('Null')
  expect(principalOf({ ...CLAIMS, tenant: 'null' }, 'single').tenant).toBe(SINGLE_TENANT)
})

test.each([
  '',
  'a#b',
  'a/b',
  'a b',
  'ü',
  'a\n',
  'x'.repeat(129),
])('the tenant %j, unfit for a key, is 403', (tenant) => {
  expect(problemOf({ ...CLAIMS, tenant })).toEqual({ status: 403, code: 'tenant-missing' })
})

test.each(['a', 'Acme-1_~:@.x', 'x'.repeat(128)])('the tenant %j is taken as it is', (tenant) => {
  expect(principalOf({ ...CLAIMS, tenant }).tenant).toBe(tenant)
})

test('under single tenancy everything belongs to one tenant, whatever the token says', () => {
  expect(principalOf({ sub: 'user-1', scope: 'links:write' }, 'single').tenant).toBe(SINGLE_TENANT)
  expect(principalOf(CLAIMS, 'single').tenant).toBe(SINGLE_TENANT)
})

test('single tenancy still asks for the scope', () => {
  expect(problemOf({ sub: 'user-1', scope: 'links:read' }, 'single')).toEqual({ status: 403, code: 'scope-missing' })
})

describe('the tenant that a request acts for', () => {
  const tenantFor = (claims: Record<string, string> | undefined, tenancy: Tenancy = 'multi') =>
    tenantOf(requestOf(httpEvent({ routeKey: 'POST /v1/links', ...(claims && { claims }) })), tenancy)

  test('is known whatever the scopes are', () => {
    expect(tenantFor({ sub: 'user-1', tenant: 'acme' })).toBe('acme')
    expect(tenantFor({ sub: 'user-1', tenant: 'acme' }, 'single')).toBe(SINGLE_TENANT)
  })

  test.each([
    ['no token', undefined],
    ['a token without a subject', { tenant: 'acme' }],
    ['a token without a tenant', { sub: 'user-1' }],
    ['a tenant that is unfit for a key', { sub: 'user-1', tenant: 'a#b' }],
    ['a tenant that is null', { sub: 'user-1', tenant: 'null' }],
    ['a subject that is null', { sub: 'null', tenant: 'acme' }],
  ])('is not known with %s', (_, claims) => {
    expect(tenantFor(claims)).toBeUndefined()
  })
})
