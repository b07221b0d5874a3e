import { Disturbed, eventually } from '../../support/eventually.ts'
import { undisturbed } from '../../support/undisturbed.ts'
import { aTenant, isDegradedDenial, unique, withinOneHour } from '../deployed.ts'

// Callers at once through the service, in as many environments as it takes. A machine that is busy may let some answers
// come late: such a decision is degraded, and may have charged.

const RUNS = 20
const CALLERS = 24
const LIMIT = 10
const HOURLY = { limit: LIMIT, windowMs: 3_600_000 }

interface Body {
  allowed: boolean
  decisions: { degraded: boolean }[]
}

const { put, check, stateOf, send } = await aTenant()

/** Asks for as many at once; the answers of all. */
async function race(checks: (caller: number) => readonly object[], callers = CALLERS): Promise<Body[]> {
  const answers = await Promise.all(Array.from({ length: callers }, (_, caller) => check(checks(caller))))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  return answers.map(({ json }) => json)
}

const admittedOf = (answers: readonly Body[]) => answers.filter(({ allowed }) => allowed).length
const unknownOf = (answers: readonly Body[]) =>
  answers.filter(({ decisions }) => decisions.some(({ degraded }) => degraded)).length

function expectExactly(limit: number, answers: readonly Body[]): void {
  expect(admittedOf(answers)).toBeLessThanOrEqual(limit)
  expect(admittedOf(answers)).toBeGreaterThanOrEqual(limit - unknownOf(answers))
}

/** @proves rate-limiter/exact-limit */
test.each([
  'fixed-window',
  'sliding-window',
  'token-bucket',
])('of 24 who ask a %s at once through the service, exactly its limit is admitted, twenty times of twenty', async (algorithm) => {
  await put(algorithm, { algorithm, ...HOURLY })
  for (let run = 0; run < RUNS; run++) {
    await withinOneHour(async () => {
      const subject = `run:${run}:${unique()}`
      expectExactly(LIMIT, await race(() => [{ policy: algorithm, subject }]))
    })
  }
})

test('of 24 who ask for a slot at once, as many get one as there are, twenty times of twenty', async () => {
  await put('seats', { algorithm: 'concurrency', limit: 5 })
  for (let run = 0; run < RUNS; run++) {
    await undisturbed(async () => {
      const subject = `run:${run}:${unique()}`
      const body = { policy: 'seats', subject, ttlMs: 600_000 }
      const answers = await Promise.all(Array.from({ length: CALLERS }, () => send('POST /v1/slots', body)))
      const statuses = answers.map(({ status }) => status)
      expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(5)
      expect(statuses.filter((status) => status !== 201 && status !== 429)).toEqual([])
      // A denial by the table itself shows that all slots are taken, some perhaps by callers who were answered too late.
      const isFull = answers.some((answer) => answer.status === 429 && !isDegradedDenial(answer))
      if (!isFull) throw new Disturbed('Every denial was degraded.')
      await eventually(async () => expect(await stateOf(subject, 'seats')).toMatchObject({ used: 5, remaining: 0 }))
    })
  }
})

/** @proves rate-limiter/charged-together */
test('several checks are charged together or not at all, also while others are in the way', async () => {
  await put('wide', { ...HOURLY, limit: 1000 })
  await put('narrow', { ...HOURLY, limit: 3 })
  for (let run = 0; run < 5; run++) {
    await withinOneHour(async () => {
      const subject = `run:${run}:${unique()}`
      const answers = await race(
        () => [
          { policy: 'wide', subject },
          { policy: 'narrow', subject },
        ],
        8,
      )
      expectExactly(3, answers)
      // A write whose answer was late may still arrive between the two reads.
      await eventually(async () => {
        const [wide, narrow] = [await stateOf(subject, 'wide'), await stateOf(subject, 'narrow')]
        expect(wide.used).toBe(narrow.used)
      })
    })
  }
})

test('a parent admits its limit, whoever of its children asks', async () => {
  await put('org', { ...HOURLY, limit: 4 })
  await put('user', { ...HOURLY, parent: { policy: 'org', subjectPrefix: 'org:' } })
  for (let run = 0; run < 5; run++) {
    await withinOneHour(async () => {
      const org = `org:${run}-${unique()}`
      const answers = await race((caller) => [{ policy: 'user', subject: `${org}:user:${caller}` }], 8)
      expectExactly(4, answers)
      expect((await stateOf(`${org}:user`, 'org')).used).toBeLessThanOrEqual(4)
    })
  }
})
