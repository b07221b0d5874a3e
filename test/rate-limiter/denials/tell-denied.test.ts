import { type Degraded, type Denied, tellDenied } from '../../../functions/rate-limiter/denials/tell-denied.ts'
import { msUntilTold } from '../../../functions/rate-limiter/domain/denials.ts'
import { CAUSE, TENANT } from '../a-policy.ts'
import { MINUTE, NOW } from './denial-world.ts'

const { signal } = new AbortController()
const id = { tenant: TENANT, policy: 'writes', minute: MINUTE }
const hitters = [
  { key: 'a', count: 9, error: 0 },
  { key: 'b', count: 7, error: 3 },
]

interface Options {
  now?: number
  degraded?: number
  dies?: (subject: string) => boolean
}

function telling({ now = NOW, degraded = 0, dies = () => false }: Options = {}) {
  const recorded: Denied[] = []
  const recordedDegraded: Degraded[] = []
  const tell = tellDenied({
    read: async () => ({ ...id, hitters, degraded, messageIds: ['1'] }),
    async recordDegraded(each) {
      recordedDegraded.push(each)
      return 'recorded'
    },
    async recordDenied(denied) {
      if (dies(denied.subject)) throw new Error('The table is down')
      if (recorded.some(({ subject }) => subject === denied.subject)) return 'known'
      recorded.push(denied)
      return 'recorded'
    },
    now: () => now,
  })
  return { recorded, recordedDegraded, tell: () => tell(id, CAUSE, signal) }
}

test('each subject of a minute is told of, without what may be too much', async () => {
  const { recorded, tell } = telling()
  expect(await tell()).toBe('told')
  expect(recorded).toEqual([
    { ...id, subject: 'a', count: 9 },
    { ...id, subject: 'b', count: 4 },
  ])
})

test('fallback decisions of a minute are one event of the policy, beside those of its denied subjects', async () => {
  const { recorded, recordedDegraded, tell } = telling({ degraded: 3 })
  await tell()
  expect([recordedDegraded, recorded.length]).toEqual([[{ ...id, count: 3 }], 2])
})

test('a minute without fallback decisions has no such event', async () => {
  const { recordedDegraded, tell } = telling()
  await tell()
  expect(recordedDegraded).toEqual([])
})

test('whoever dies between two subjects goes on with those that are missing', async () => {
  let isDown = true
  const { recorded, tell } = telling({ dies: (subject) => isDown && subject === 'a' })
  await expect(tell()).rejects.toThrow('down')
  expect(recorded.map(({ subject }) => subject)).toEqual(['b'])
  isDown = false
  await tell()
  await tell()
  expect(recorded.map(({ subject }) => subject)).toEqual(['b', 'a'])
})

test('a minute whose marks may be gone is not told', async () => {
  const { recorded, tell } = telling({ now: Date.parse(MINUTE) + 2 * 3_600_000 })
  expect([await tell(), recorded]).toEqual(['late', []])
})

test('a minute is told a minute after its end, and a minute after its first report at the earliest', () => {
  const start = Date.parse(MINUTE)
  const waits = [0, 59_999, 120_000, 999_999].map((ms) => msUntilTold(MINUTE, start + ms))
  expect(waits).toEqual([120_000, 60_001, 60_000, 60_000])
})
