import * as fc from 'fast-check'
import { decideChecks } from '../../../functions/rate-limiter/check/decide-checks.ts'
import { checkRoute } from '../../../functions/rate-limiter/check/route.ts'
import type { Override, PolicyDefinition, StoredPolicy } from '../../../functions/rate-limiter/domain/policy.ts'
import { createPolicyBook } from '../../../functions/rate-limiter/policy-book.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import type { Check, WindowPolicy } from '../../../functions/shared/rate-limit/policy.ts'
import { counterTable } from '../../shared/rate-limit/support/counter-table.ts'
import { jsonEvent, lambdaContext } from '../../support/events.ts'
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts'
import { clientOf } from '../../support/fake-dynamodb.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { aPolicy, TENANT, windowDefinitions } from '../a-policy.ts'

// The service and the module are one core: asked the same, they decide the same.

const START = 1_800_000_000_000
const NAMES = ['p0', 'p1', 'p2'] as const
const SUBJECTS = ['org:1:user:1', 'org:1:user:2', 'user:7', 'vip', '10.1.2.3', 'bot-1', 'é'] as const
const OWN = { subject: 'org:1:user:2', limit: 7 }
const { signal } = new AbortController()

type Policies = Readonly<Record<string, PolicyDefinition>>

/** Both draw the same numbers, so that they choose the same shards. */
function seeded() {
  let seed = 7
  return () => {
    seed = (seed * 16_807) % 2_147_483_647
    return seed / 2_147_483_647
  }
}

function limiter(clock: FakeClock) {
  return createLimiter({
    client: clientOf(counterTable().dynamodb),
    tableName: 'limits',
    now: clock.now,
    random: seeded(),
    startTimer: clock.startTimer,
  })
}

/** The route as the function has it, over policies as they are stored. */
function service(clock: FakeClock, policies: Policies) {
  const stored = (name: string): StoredPolicy | undefined => {
    const definition = policies[name]
    return definition && aPolicy({}, { name, definition, overrides: name === 'p0' ? 1 : 0 })
  }
  const decide = decideChecks({
    find: createPolicyBook({
      readPolicy: async ({ name }) => stored(name),
      readOverrides: async () => new Map<string, Override>([[OWN.subject, { ...OWN, policy: 'p0' }]]),
      budgetMs: 50,
      startTimer: clock.startTimer,
      now: clock.now,
      random: () => 0,
    }),
    limit: limiter(clock),
    sign: () => 'id',
    prepare: async () => {},
    onDecided: () => undefined,
    report: async () => {},
  })
  const route = checkRoute({ decide, tenancy: 'multi' })
  const handler = httpHandler({ ...recordedTelemetry().telemetry, routes: { 'POST /v1/check': route } })
  const claims = { sub: 'me', tenant: TENANT, scope: 'limits:check' }
  return async (checks: readonly object[]) => {
    const event = jsonEvent({ routeKey: 'POST /v1/check', claims, json: { checks } })
    const { statusCode, body = '' } = await handler(event, lambdaContext())
    const json = JSON.parse(String(body))
    if (statusCode !== 200) return json.code
    return {
      ...json,
      decisions: json.decisions.map(({ decisionId: _, ...decision }: { decisionId: string }) => decision),
    }
  }
}

/** A program that uses the module: its policies are written down in code. */
function program(clock: FakeClock, policies: Policies) {
  const limit = limiter(clock)
  const policyFor = (name: string, subject: string): WindowPolicy => {
    const { parent, ...definition } = policies[name] as PolicyDefinition & { algorithm: WindowPolicy['algorithm'] }
    const above = parent && policyFor(parent.policy, subject)
    const isOwn = name === 'p0' && subject === OWN.subject
    const own: Partial<WindowPolicy> = isOwn ? { limit: OWN.limit, shards: 1 } : {}
    if (isOwn && definition.algorithm === 'token-bucket') Object.assign(own, { burst: OWN.limit })
    return {
      name,
      ...definition,
      ...own,
      ...(parent && above && { parent: { policy: above, subjectPrefix: parent.subjectPrefix } }),
    }
  }
  return async (checks: readonly Omit<Check, 'policy'>[], names: readonly string[]) => {
    const asked = checks.map((check, index) => ({ ...check, policy: policyFor(names[index] ?? '', check.subject) }))
    try {
      const { allowed, decisions } = await limit(asked, signal)
      return { allowed, decisions: decisions.map(({ charges: _, ...decision }) => decision) }
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid-input') return 'not-composable'
      throw error
    }
  }
}

const steps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 200_000 })),
    checks: fc.array(
      fc.record({
        policy: fc.constantFrom(...NAMES),
        subject: fc.constantFrom(...SUBJECTS),
        cost: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })),
        peek: fc.oneof(fc.constant(false), fc.constant(false), fc.boolean()),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  { minLength: 1, maxLength: 25 },
)

/** Small limits, of which a few checks use all; the second may be below the third. */
const policies = fc
  .tuple(windowDefinitions, windowDefinitions, windowDefinitions, fc.boolean())
  .map(([first, second, third, isChild]): Policies => {
    const whole = ({ shards: _, ...definition }: PolicyDefinition): PolicyDefinition => definition
    if (!isChild) return { p0: first, p1: second, p2: third }
    return { p0: first, p1: { ...whole(second), parent: { policy: 'p2', subjectPrefix: 'org:' } }, p2: whole(third) }
  })

test('on the same sequence of checks the service and the module decide the same, to the millisecond', async () => {
  await fc.assert(
    fc.asyncProperty(policies, steps, async (definitions, sequence) => {
      const clock = fakeClock(START)
      const [ask, limit] = [service(clock, definitions), program(clock, definitions)]
      for (const { afterMs, checks } of sequence) {
        await clock.advance(afterMs)
        const asked = checks.map(({ policy: _, ...check }) => ({ ...check, subject: check.subject.normalize('NFC') }))
        const names = checks.map(({ policy }) => policy)
        expect(await ask(checks)).toEqual(await limit(asked, names))
      }
    }),
    { numRuns: 100 },
  )
})
