import { eventually, steadily } from './eventually.ts'

/** A clock that only advances while somebody waits, or for an answer. */
function testClock() {
  let time = 1_000_000
  const pass = async (ms: number) => {
    time += ms
  }
  return { now: () => time, pause: pass, pass }
}

/** A claim that holds depending on the time since the start; an answer takes `answerMs`. */
function timedClaim(holdsAt: (ms: number) => boolean, answerMs = 10) {
  const clock = testClock()
  const start = clock.now()
  const asked: number[] = []
  const claim = async () => {
    const at = clock.now() - start
    asked.push(at)
    await clock.pass(answerMs)
    if (!holdsAt(at)) throw new Error(`It does not hold at ${at} ms.`)
    return at
  }
  return { clock, claim, asked }
}

describe('eventually', () => {
  test('returns the first value, and stops asking', async () => {
    const { clock, claim, asked } = timedClaim((ms) => ms >= 500)
    expect(await eventually(claim, { clock })).toBe(asked.at(-1))
    expect(asked.filter((ms) => ms >= 500)).toHaveLength(1)
  })

  test.each([
    10, 7000,
  ])('fails with the last reason once the deadline has passed: answers of %d ms', async (answerMs) => {
    const { clock, claim, asked } = timedClaim(() => false, answerMs)
    const failure = await eventually(claim, { clock, deadlineMs: 5000 }).catch((error) => error.message)
    const last = asked.at(-1) ?? 0
    expect(failure).toBe(`It does not hold at ${last} ms.`)
    expect(last).toBeGreaterThanOrEqual(5000)
    expect(asked.filter((ms) => ms >= 5000)).toHaveLength(1)
  })
})

describe('steadily', () => {
  test('asks for the last time when the whole span has passed since the first answer', async () => {
    const { clock, claim, asked } = timedClaim(() => true, 40)
    await steadily(claim, { forMs: 3000, clock })
    expect(asked.at(-1)).toBeGreaterThanOrEqual(3000 + 40)
    expect(asked.at(-2)).toBeLessThan(3000 + 40)
  })

  test('starts over after each failure, so that an environment with an outdated cache is noticed', async () => {
    const { clock, claim, asked } = timedClaim((ms) => ms < 1000 || ms > 2500)
    await steadily(claim, { forMs: 3000, clock })
    expect(asked.at(-1)).toBeGreaterThan(2500 + 3000)
  })

  test('fails if a claim never holds for the whole span', async () => {
    const { clock, claim } = timedClaim((ms) => ms % 2000 < 1500)
    await expect(steadily(claim, { forMs: 3000, deadlineMs: 20_000, clock })).rejects.toThrow('It does not hold')
  })

  test('lets a span that started before the deadline end', async () => {
    const { clock, claim } = timedClaim((ms) => ms > 4000)
    expect(await steadily(claim, { forMs: 3000, deadlineMs: 5000, clock })).toBeGreaterThan(7000)
  })
})
