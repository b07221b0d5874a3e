import { Disturbed, eventually } from './eventually.ts'
import { inTime, undisturbed, withinOne } from './undisturbed.ts'

const broken = new Error('It is broken.')

describe('undisturbed', () => {
  test('makes a claim until nothing disturbs it, and says how often that did', async () => {
    const claim = async (triesBefore: number) => {
      if (triesBefore < 3) throw new Disturbed()
      return triesBefore
    }
    expect(await undisturbed(claim)).toBe(3)
  })

  test('fails at once with the claim’s own failure, and in the end with a disturbance', async () => {
    const tried: number[] = []
    const claim = async (triesBefore: number) => {
      tried.push(triesBefore)
      throw triesBefore === 2 ? broken : new Disturbed('It was in the way.')
    }
    await expect(undisturbed(claim)).rejects.toBe(broken)
    expect(tried).toEqual([0, 1, 2])
    await expect(undisturbed(claim, { maxTries: 2 })).rejects.toThrow('It was in the way.')
  })
})

test('what is disturbed is not waited for', async () => {
  const claim = async () => {
    throw new Disturbed('It was in the way.')
  }
  await expect(eventually(claim, { clock: { now: () => 0, pause: () => Promise.reject(broken) } })).rejects.toThrow(
    'in the way',
  )
})

describe('inTime', () => {
  /** Makes a claim that takes this long each time, and returns the times for which it was made. */
  async function timesOf(takesMs: number, end: () => void = () => {}) {
    let time = 1_000_000
    const asked: number[] = []
    const claim = async (lastsMs: number) => {
      asked.push(lastsMs)
      time += takesMs
      end()
    }
    const result = await inTime(claim, { lastsMs: 100, clock: { now: () => time } }).then(
      () => 'held',
      (error) => error,
    )
    return { asked, result }
  }

  test('makes a claim with twice the time until it came in time', async () => {
    expect(await timesOf(99)).toEqual({ asked: [100], result: 'held' })
    expect(await timesOf(300)).toEqual({ asked: [100, 200, 400], result: 'held' })
  })

  test('takes no failure that came too late for one, and each one that came in time', async () => {
    const fail = () => {
      throw broken
    }
    expect(await timesOf(300, fail)).toEqual({ asked: [100, 200, 400], result: broken })
    const { asked, result } = await timesOf(10_000, fail)
    expect(asked).toEqual([100, 200, 400, 800, 1600])
    expect(result).toMatchObject({ message: 'The claim showed nothing: it took longer than 1600 ms.', cause: broken })
  })
})

test('withinOne makes a claim again if a period ended meanwhile, whether it held or not', async () => {
  const periods = ['10:00', '10:01', '10:01', '10:02', '10:02', '10:02']
  const outcomes = [undefined, broken, undefined]
  const claim = async () => {
    const outcome = outcomes.shift()
    if (outcome) throw outcome
    return 'held'
  }
  expect(await withinOne(() => periods.shift(), claim)).toBe('held')
  expect(outcomes).toEqual([])
  const failing = async () => {
    throw broken
  }
  await expect(withinOne(() => '10:00', failing)).rejects.toBe(broken)
})
