import { perDecision, unitsTable } from '../../../tools/bench/decisions.ts'
import { noOpTemplate } from '../../../tools/bench/no-op.ts'
import { visitsCases } from '../../../tools/bench/visits-case.ts'
import { isRight } from '../../../tools/bench/visits-load.ts'

const cases = await visitsCases('decisions')

test('each case asks by a route that needs a token, for policies that it makes', async () => {
  for (const { routeKey, needsToken, prepare } of cases) {
    const made = new Set<string>()
    const targets = await prepare(async (method, path) => {
      if (method === 'PUT') made.add(path.split('/').at(-1) ?? '')
    })
    expect([routeKey, needsToken]).toEqual(['POST /v1/check', true])
    const asked = targets.flatMap(({ body }) => JSON.parse(body?.() ?? '{}').checks)
    expect(asked.map(({ policy }) => policy).filter((policy) => !made.has(policy))).toEqual([])
  }
})

test('a decision is right if the store decided as expected, and wrong if onError did', async () => {
  for (const { prepare } of cases) {
    const targets = await prepare(async () => undefined)
    const degraded = [false, true, false]
    const answer = (allowed: boolean, ...each: boolean[]) => {
      return { status: 200, text: JSON.stringify({ allowed, decisions: each.map((degraded) => ({ degraded })) }) }
    }
    for (const target of targets) {
      const subject = { ...target, baseUrl: '' }
      const isAllowed = !target.title.startsWith('denied')
      expect([
        isRight(subject, answer(isAllowed, false)),
        isRight(subject, answer(!isAllowed, false)),
        isRight(subject, answer(isAllowed, ...degraded)),
        isRight(subject, { ...answer(isAllowed, false), status: 503 }),
      ]).toEqual([true, false, false, false])
    }
  }
})

test('the units of calls are divided by the decisions, whose number may be another', () => {
  const calls = [
    { read: 1, write: 0 },
    { read: 0, write: 4 },
    { read: 1, write: 0 },
  ]
  expect(perDecision(calls, 2)).toEqual({ calls: 1.5, read: 1, write: 2 })
  expect(perDecision([], 2)).toEqual({ calls: 0, read: 0, write: 0 })
  const [, , row] = unitsTable([{ title: 'two', calls: 1.5, read: 1, write: 2.004 }]).split('\n')
  expect(row).toBe('| two | 1.5 | 1 | 2 |')
})

test('the function that does nothing is behind a route that asks for a token only if it must', () => {
  const open = noOpTemplate({ routeKey: 'GET /{code}' }).Resources
  expect(open).not.toHaveProperty('Authorizer')
  expect(open.Route.Properties).not.toHaveProperty('AuthorizationType')
  const issuer = { url: 'https://issuer.example', audience: 'a' }
  const closed = noOpTemplate({ routeKey: 'POST /v1/check', issuer }).Resources
  expect(closed).toHaveProperty(['Authorizer', 'Properties', 'JwtConfiguration'], {
    Issuer: issuer.url,
    Audience: [issuer.audience],
  })
  expect(closed.Route.Properties).toMatchObject({ RouteKey: 'POST /v1/check', AuthorizationType: 'JWT' })
})
