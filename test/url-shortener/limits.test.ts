import type { HttpRoute } from '../../functions/shared/http/handler.ts'
import { HttpProblem } from '../../functions/shared/http/response.ts'
import { createLimiter } from '../../functions/shared/rate-limit/limiter.ts'
import { LIMIT_BUDGET_MS, limitRoutes, reportsOfCode, unlockChecks } from '../../functions/url-shortener/limits.ts'
import { counterTable } from '../shared/rate-limit/support/counter-table.ts'
import { httpEvent, requestOf } from '../support/events.ts'
import { fakeClock } from '../support/fake-clock.ts'
import { clientOf } from '../support/fake-dynamodb.ts'

/** The start of a second, a minute and an hour. */
const START = 1_800_000_000_000
const DONE = { status: 204 }
const WRITE = 'PATCH /v1/links/{code}'
const REPORT = 'POST /v1/reports'
const { signal } = new AbortController()

/** Creates environments of the API with one table and one clock. Their routes count their runs. */
function world({ perSecond = 50 } = {}) {
  const clock = fakeClock(START)
  const table = counterTable()
  const state = { isDown: false, ran: 0 }
  const dynamodb: typeof table.dynamodb = (operation, input, options) => {
    if (state.isDown) throw new Error('The table is down.')
    return table.dynamodb(operation, input, options)
  }
  const limiter = () =>
    createLimiter({
      ...{
        client: clientOf(dynamodb),
        tableName: 'links',
        now: clock.now,
        random: () => 0.5,
        startTimer: clock.startTimer,
      },
      budgetMs: LIMIT_BUDGET_MS,
    })
  const route: HttpRoute = async () => {
    state.ran += 1
    return DONE
  }
  const environment = (routes: Record<string, HttpRoute> = { [WRITE]: route, [REPORT]: route }) =>
    limitRoutes(routes, {
      limit: limiter(),
      clientOf: async ({ clientAddress }) => `hash of ${clientAddress}`,
      tenancy: 'multi',
      perSecond,
    })
  return { clock, table, state, limiter, route, environment }
}

const claimsOf = (tenant: string) => ({ sub: 'user-1', tenant, scope: 'links:write' })

function write(routes: Record<string, HttpRoute>, claims: Record<string, string> | null = claimsOf('acme')) {
  return routes[WRITE]?.(requestOf(httpEvent({ routeKey: WRITE, ...(claims && { claims }) })))
}

function report(routes: Record<string, HttpRoute>, clientAddress = '198.51.100.10') {
  return routes[REPORT]?.({ ...requestOf(httpEvent({ routeKey: REPORT })), clientAddress })
}

const times = <Result>(count: number, act: (index: number) => Result) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))
const allowed = (answers: readonly ({ status: number } | undefined)[]) =>
  answers.filter((answer) => answer?.status !== 429).length

describe('writes', () => {
  test('of a tenant are limited to 50 per second over all environments', async () => {
    const { state, environment } = world()
    const environments = [environment(), environment(), environment()]
    const answers = await times(200, (index) => write(environments[index % 3] ?? {}))
    expect([allowed(answers), state.ran]).toEqual([50, 50])
  })

  test('are allowed again a second later, and not twice as many around its start', async () => {
    const { clock, environment } = world()
    const routes = environment()
    await clock.advance(900)
    expect(allowed(await times(60, () => write(routes)))).toBe(50)
    await clock.advance(200)
    // Nine tenths of the previous second are still in the window.
    expect(allowed(await times(60, () => write(routes)))).toBe(5)
    await clock.advance(1900)
    expect(allowed(await times(60, () => write(routes)))).toBe(50)
  })

  test('of another tenant have a limit of their own', async () => {
    const { environment } = world({ perSecond: 1 })
    const routes = environment()
    expect(allowed(await times(3, () => write(routes)))).toBe(1)
    expect(await write(routes, claimsOf('other'))).toMatchObject(DONE)
  })

  test('report the remaining quota, and when to retry once denied', async () => {
    const { environment } = world({ perSecond: 2 })
    const routes = environment()
    const fields = (remaining: number) => ({
      'ratelimit-policy': '"tenant-writes";q=2;w=1',
      ratelimit: `"tenant-writes";r=${remaining};t=2`,
    })
    expect(await write(routes)).toEqual({ ...DONE, headers: fields(1) })
    expect(await write(routes)).toEqual({ ...DONE, headers: fields(0) })
    expect(await write(routes)).toMatchObject({
      status: 429,
      headers: { ...fields(0), 'retry-after': '2' },
      body: { code: 'rate-limited', 'violated-policies': ['tenant-writes'] },
    })
  })

  test.each([
    ['no token', null],
    ['no tenant', { sub: 'user-1', scope: 'links:write' }],
  ])('with %s are refused as before, and charged to nobody', async (_, claims) => {
    const { table, environment } = world()
    const refusal = new HttpProblem({ status: 403, code: 'tenant-missing', detail: 'No.' })
    await expect(write(environment({ [WRITE]: () => Promise.reject(refusal) }), claims)).rejects.toBe(refusal)
    expect(table.items()).toEqual([])
  })

  test('are charged whatever their status', async () => {
    const { environment } = world({ perSecond: 1 })
    const routes = environment({
      [WRITE]: () => Promise.reject(new HttpProblem({ status: 404, code: 'not-found', detail: 'No.' })),
    })
    expect([(await write(routes))?.status, (await write(routes))?.status]).toEqual([404, 429])
  })

  test('are allowed while they can’t be counted', async () => {
    const { state, environment } = world({ perSecond: 1 })
    state.isDown = true
    expect(allowed(await times(20, () => write(environment())))).toBe(20)
  })
})

test.each([
  ...['POST /v1/links', 'POST /v1/links/bulk', 'PATCH /v1/links/{code}', 'DELETE /v1/links/{code}'],
  ...['PUT /v1/links/{code}/block', 'POST /v1/anything/new'],
])('%s is a write', async (routeKey) => {
  const { route, environment } = world()
  expect(environment({ [routeKey]: route })[routeKey]).not.toBe(route)
})

test.each(['GET /v1/links', 'GET /health', 'HEAD /health', '$default'])('%s is not limited', (routeKey) => {
  const { route, environment } = world()
  expect(environment({ [routeKey]: route })[routeKey]).toBe(route)
})

describe('reports', () => {
  test('of a client are limited to 10 per minute, separately from others', async () => {
    const { environment } = world()
    const routes = environment()
    expect(allowed(await times(30, () => report(routes)))).toBe(10)
    expect(await report(routes, '198.51.100.11')).toMatchObject({ status: 204 })
  })

  /** @proves url-shortener/no-addresses-kept */
  test('are counted without the address', async () => {
    const { table, environment } = world()
    await report(environment())
    expect(table.items().map(({ pk }) => pk?.S)).toEqual(['Q#client-reports#hash of 198.51.100.10'])
  })

  test('are allowed while they can’t be counted', async () => {
    const { state, environment } = world()
    state.isDown = true
    expect(allowed(await times(20, () => report(environment())))).toBe(20)
  })
})

describe('reports of a code', () => {
  test('are stored 10 times per minute over all environments, separately from other codes', async () => {
    const { clock, limiter } = world()
    const [one, two] = [reportsOfCode(limiter()), reportsOfCode(limiter())]
    const kept = async (code: string) =>
      (await times(30, (index) => (index % 2 ? one : two)(code, signal))).filter(Boolean).length
    expect([await kept('abc'), await kept('other')]).toEqual([10, 10])
    await clock.advance(120_000)
    expect(await kept('abc')).toBe(10)
  })

  test('are allowed while they can’t be counted', async () => {
    const { state, limiter } = world()
    state.isDown = true
    expect(await reportsOfCode(limiter())('abc', signal)).toBe(true)
  })
})

describe('passwords', () => {
  const tries = async (limit: ReturnType<typeof createLimiter>, client: string, count: number) => {
    const decided = []
    for (let index = 0; index < count; index++) decided.push(await limit(unlockChecks({ code: 'abc', client }), signal))
    return decided.filter((each) => each.allowed).length
  }

  test('are limited to 5 attempts per minute of a client on a link', async () => {
    const { clock, limiter } = world()
    const limit = limiter()
    expect(await tries(limit, 'one', 7)).toBe(5)
    expect(await tries(limit, 'two', 1)).toBe(1)
    expect((await limit(unlockChecks({ code: 'other', client: 'one' }), signal)).allowed).toBe(true)
    await clock.advance(120_000)
    expect(await tries(limit, 'one', 7)).toBe(5)
  })

  /** @proves url-shortener/attempts-limited */
  test('are limited to 100 attempts per hour of all clients on a link, and a denied client is charged nothing', async () => {
    const { table, limiter } = world()
    const limit = limiter()
    let passed = 0
    for (let client = 0; client < 25; client++) passed += await tries(limit, `client-${client}`, 5)
    expect(passed).toBe(100)
    const { decisions } = await limit(unlockChecks({ code: 'abc', client: 'late' }), signal)
    expect(decisions.map(({ policy, allowed }) => [policy, allowed])).toEqual([
      ['unlock-client', true],
      ['unlock-link', false],
    ])
    expect(table.item('Q#unlock-client#abc:late')).toBeUndefined()
  })

  /** @proves url-shortener/attempts-limited */
  test('are denied while attempts can’t be counted', async () => {
    const { state, limiter } = world()
    state.isDown = true
    const { decisions } = await limiter()(unlockChecks({ code: 'abc', client: 'one' }), signal)
    expect(decisions.map(({ allowed }) => allowed)).toEqual([false, false])
  })
})
