import type { Ask, JourneyStep } from '../../../../lib/shared/journey.ts'
import { modes } from '../../../../tools/cost/rate-limiter/modes.ts'

const DECISION = { decisionId: 'a-decision' }

/** The steps of the journey, with an API that answers as it is expected to, and all that it was asked. */
function world() {
  const asked: Ask[] = []
  const journey = modes.journey({
    unique: 'run',
    connect: () => Promise.reject(new Error('There is no WebSocket API.')),
    ask: async (ask) => {
      asked.push(ask)
      return { status: 200, headers: new Headers(), json: { decisions: [DECISION], slotId: 'a-slot' } }
    },
  })
  const runStep = async ({ run }: JourneyStep) => {
    asked.length = 0
    await run()
    return [...asked]
  }
  return { ...journey, asked, runStep }
}

async function asksByStep() {
  const { steps, runStep } = world()
  const asks = new Map<string, Ask[]>()
  for (const step of steps) asks.set(step.name, await runStep(step))
  return asks
}

const policiesIn = (ask: Ask) => (Object(ask.body).checks as { policy: string }[]).map(({ policy }) => policy)

test('each row is a step of one request, in the order of the steps', async () => {
  const asks = await asksByStep()
  expect([...asks.keys()].filter((name) => modes.rows.includes(name))).toEqual(modes.rows)
  expect(modes.rows.filter((name) => asks.get(name)?.length !== 1)).toEqual([])
})

test('a row that allows expects to be allowed, and one that denies to be denied', async () => {
  const asks = await asksByStep()
  const rows = modes.rows.filter((name) => asks.get(name)?.[0]?.path === '/v1/check')
  for (const name of rows) {
    const { holds } = asks.get(name)?.[0]?.expect.body ?? {}
    expect([name, holds?.({ allowed: true }), holds?.({ allowed: false })]).toEqual([
      name,
      !name.startsWith('denies'),
      name.startsWith('denies'),
    ])
  }
  expect(rows).toHaveLength(13)
})

test('a policy is created, and read by an environment, before a row uses it', async () => {
  const known = new Set<string>()
  const read = new Set<string>()
  for (const [name, asks] of await asksByStep()) {
    for (const ask of asks) {
      if (ask.method === 'PUT' && ask.path.startsWith('/v1/policies/')) known.add(ask.path.replace('/v1/policies/', ''))
      if (ask.path !== '/v1/check') continue
      expect(policiesIn(ask).filter((policy) => !known.has(policy))).toEqual([])
      if (modes.rows.includes(name)) expect(policiesIn(ask).filter((policy) => !read.has(policy))).toEqual([])
      for (const policy of policiesIn(ask)) read.add(policy)
    }
  }
  expect(known.size).toBeGreaterThan(0)
})

test('what is refunded is the decision of the step before', async () => {
  const refund = (await asksByStep()).get('gives back what a decision charged')
  expect(refund?.[0]?.body).toEqual(DECISION)
})

test('every policy of the run is deleted, children before their parents', async () => {
  const { steps, runStep, cleanUp, asked } = world()
  const [first] = steps
  const created = first ? await runStep(first) : []
  asked.length = 0
  await cleanUp()
  const deleted = asked.map(({ path }) => path)
  expect(deleted.toSorted()).toEqual(created.map(({ path }) => path).toSorted())
  for (const { path, body } of created) {
    const parent = Object(body).parent?.policy
    if (parent) expect(deleted.indexOf(path)).toBeLessThan(deleted.indexOf(`/v1/policies/${parent}`))
  }
})
