import { BROWN_OUT, OFFERED, type Run, SECONDS, simulate, type Way } from '../../../tools/scale/overload/simulate.ts'
import { createVirtualTime } from '../../../tools/scale/overload/virtual-time.ts'

const good = ({ good: seconds }: Run, from: number, to: number) =>
  seconds.slice(from, to).reduce((sum, each) => sum + each, 0) / (OFFERED * (to - from))

describe('a dependency that is slow for a while', () => {
  it.each<[Way, 'stays down' | 'is back', number]>([
    ['retries alone', 'stays down', 0],
    ['with a budget and a breaker', 'is back', 0.9],
  ])('%s: %s ten seconds after', async (way, _, least) => {
    const run = await simulate(way, 7)
    expect(good(run, 0, BROWN_OUT.from)).toBeGreaterThan(0.9)
    const after = good(run, BROWN_OUT.to + 10, SECONDS)
    if (least === 0) expect(after).toBeLessThan(0.1)
    else expect(after).toBeGreaterThan(least)
  })

  it('is the same for the same seed, and another for another', async () => {
    const way = 'with a budget and a breaker'
    const first = await simulate(way, 1)
    await expect(simulate(way, 1)).resolves.toEqual(first)
    await expect(simulate(way, 2)).resolves.not.toEqual(first)
  })
})

describe('virtual time', () => {
  it('calls back in the order of time, and of starting', async () => {
    const { now, startTimer, runUntil } = createVirtualTime()
    const seen: string[] = []
    const note = (name: string) => () => void seen.push(`${name} at ${now()}`)
    for (const ms of [30, 10, 20, 10, 5, 40, 15]) startTimer(note(`${ms}`), ms)
    startTimer(note('never'), 12)()
    await runUntil(40)
    expect(seen).toEqual(['5 at 5', '10 at 10', '10 at 10', '15 at 15', '20 at 20', '30 at 30'])
    expect(now()).toBe(40)
  })

  it('lets those who wait for a promise go on before the next timer', async () => {
    const { now, startTimer, runUntil } = createVirtualTime()
    const pause = (ms: number) => new Promise<void>((resolve) => void startTimer(resolve, ms))
    const seen: number[] = []
    const walk = async () => {
      for (const ms of [10, 10, 10]) {
        await pause(ms)
        seen.push(now())
      }
    }
    startTimer(() => seen.push(-now()), 15)
    const walked = walk()
    await runUntil(100)
    await walked
    expect(seen).toEqual([10, -15, 20, 30])
  })
})
