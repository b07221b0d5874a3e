import fc from 'fast-check'
import { customizeToken } from '../../functions/identity/customize-token.ts'
import { COGNITO_SCOPES, type PreTokenEvent } from '../../functions/identity/token-changes.ts'
import { machineEvent, userEvent } from './pre-token-events.ts'

const GROUP_SCOPES = new Map([
  ['viewers', ['links/read']],
  ['editors', ['links/read', 'links/write']],
  ['admins', ['links/admin']],
])

type Customize = (event: PreTokenEvent) => PreTokenEvent

const customize: Customize = customizeToken(GROUP_SCOPES)

/**
 * The token that Cognito then signs. It must not matter whether it adds or suppresses first: they have nothing in
 * common.
 */
function tokenOf(event: PreTokenEvent, trigger: Customize) {
  const { scopes = [] } = event.request
  const changes = trigger(structuredClone(event)).response.claimsAndScopeOverrideDetails.accessTokenGeneration ?? {}
  const { scopesToAdd = [], scopesToSuppress = [], claimsToAddOrOverride = {} } = changes
  return {
    scopes: new Set([...scopes.filter((scope) => !scopesToSuppress.includes(scope)), ...scopesToAdd]),
    claims: claimsToAddOrOverride,
    isAmbiguous: scopesToAdd.some((scope) => scopesToSuppress.includes(scope)),
  }
}

const anyScope = fc.oneof(
  fc.constantFrom('links/read', 'links/write', 'links/admin', 'tenant/evil', '*', ...COGNITO_SCOPES),
  fc.string(),
)
const anyGroup = fc.oneof(
  fc.constantFrom(...GROUP_SCOPES.keys(), 'constructor', '__proto__', 'links/admin'),
  fc.string(),
)
/** Whatever a client says, with the words that a careless trigger would believe. */
const anyMetadata = fc.option(
  fc.dictionary(
    fc.oneof(fc.constantFrom('tenant', 'custom:tenant', 'scope', 'scopes', 'groups'), fc.string()),
    fc.oneof(fc.constantFrom('evil', 'links/admin', 'admins'), fc.string()),
  ),
  { nil: undefined },
)
const anyRequest = fc.record({
  groups: fc.array(anyGroup),
  scopes: fc.array(anyScope),
  clientMetadata: anyMetadata,
  tenant: fc.option(fc.constantFrom('acme', 'globex'), { nil: undefined }),
  source: fc.constantFrom(
    'TokenGeneration_Authentication',
    'TokenGeneration_HostedAuth',
    'TokenGeneration_RefreshTokens',
  ),
})

type AnyRequest = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never

function eventOf({ groups, scopes, clientMetadata, tenant, source }: AnyRequest): PreTokenEvent {
  const request = {
    userAttributes: { sub: 'user-1', ...(tenant && { 'custom:tenant': tenant }) },
    groupConfiguration: { groupsToOverride: groups },
    scopes,
    ...(clientMetadata && { clientMetadata }),
  }
  return userEvent(request, source)
}

const isWithin = (inner: Iterable<string>, outer: Iterable<string>) => {
  const allowed = new Set(outer)
  return [...inner].every((item) => allowed.has(item))
}

/** A user's token holds what the groups grant and nothing else of ours, and the user's own tenant. */
function usersGetTheirDue(trigger: Customize) {
  return fc.property(anyRequest, (request) => {
    const { scopes, claims, isAmbiguous } = tokenOf(eventOf(request), trigger)
    const granted = request.groups.flatMap((group) => GROUP_SCOPES.get(group) ?? [])
    const ours = [...scopes].filter((scope) => !COGNITO_SCOPES.has(scope))
    const notOurs = [...scopes].filter((scope) => COGNITO_SCOPES.has(scope))
    return (
      !isAmbiguous &&
      isWithin(ours, granted) &&
      isWithin(granted, ours) &&
      // Cognito's own scopes are kept, never given.
      isWithin(notOurs, request.scopes) &&
      JSON.stringify(claims) === JSON.stringify(request.tenant ? { tenant: request.tenant } : {})
    )
  })
}

/** A machine's token holds what Cognito granted, and a tenant only if that is among it. */
function machinesGetTheirDue(trigger: Customize) {
  return fc.property(anyRequest, (request) => {
    const { scopes, claims } = tokenOf(machineEvent(eventOf(request).request), trigger)
    const isGranted = claims.tenant === undefined || request.scopes.includes(`tenant/${claims.tenant}`)
    return isGranted && isWithin(scopes, request.scopes) && isWithin(request.scopes, scopes)
  })
}

const RUNS = { numRuns: 2000 }

/** @proves identity/no-wider-token */
test('whatever a client sends, a user gets what their groups grant, and their own tenant', () => {
  fc.assert(usersGetTheirDue(customize), RUNS)
})

/** @proves identity/no-wider-token */
test('whatever a client sends, a machine gets what Cognito granted, and no tenant besides', () => {
  fc.assert(machinesGetTheirDue(customize), RUNS)
})

/** The trigger with its answer changed. */
function careless(change: (event: PreTokenEvent, answer: ReturnType<typeof answerOf>) => object): Customize {
  return (event) => {
    const accessTokenGeneration = { ...answerOf(event), ...change(event, answerOf(event)) }
    return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } }
  }
}

const answerOf = (event: PreTokenEvent) =>
  customize(event).response.claimsAndScopeOverrideDetails.accessTokenGeneration ?? {}

test.each<[string, Customize]>([
  ['suppresses nothing', careless(() => ({ scopesToSuppress: [] }))],
  ['adds what was asked for', careless(({ request }) => ({ scopesToAdd: request.scopes }))],
  [
    'takes a group’s name for a scope',
    careless(({ request }) => ({ scopesToAdd: request.groupConfiguration.groupsToOverride })),
  ],
  [
    'believes the client’s tenant',
    careless(({ request }, { claimsToAddOrOverride }) => ({
      claimsToAddOrOverride: { ...claimsToAddOrOverride, ...(request.clientMetadata?.tenant && { tenant: 'evil' }) },
    })),
  ],
  ['lets everybody manage a profile', careless(() => ({ scopesToAdd: ['aws.cognito.signin.user.admin'] }))],
])('the property fails for a trigger that %s', (_, trigger) => {
  expect(fc.check(usersGetTheirDue(trigger), RUNS).failed).toBe(true)
})

test('the property fails for a trigger that takes a machine for a user', () => {
  const confused: Customize = (event) => customize({ ...event, triggerSource: 'TokenGeneration_Authentication' })
  expect(fc.check(machinesGetTheirDue(confused), RUNS).failed).toBe(true)
})
