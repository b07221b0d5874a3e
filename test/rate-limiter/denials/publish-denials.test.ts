import { type Degraded, type Denied, publishDenials } from '../../../functions/rate-limiter/denials/publish-denials.ts'
import { msUntilPublished } from '../../../functions/rate-limiter/domain/denials.ts'
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

function publishing({ now = NOW, degraded = 0, dies = () => false }: Options = {}) {
  const recorded: Denied[] = []
  const recordedDegraded: Degraded[] = []
  const publishMinute = publishDenials({
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
  return { recorded, recordedDegraded, publish: () => publishMinute(id, CAUSE, signal) }
}

test('each subject of a minute is published, without what may be too much', async () => {
  const { recorded, publish } = publishing()
  expect(await publish()).toBe('published')
  expect(recorded).toEqual([
    { ...id, subject: 'a', count: 9 },
    { ...id, subject: 'b', count: 4 },
  ])
})

test('fallback decisions of a minute are one event of the policy, beside those of its denied subjects', async () => {
  const { recorded, recordedDegraded, publish } = publishing({ degraded: 3 })
  await publish()
  expect([recordedDegraded, recorded.length]).toEqual([[{ ...id, count: 3 }], 2])
})

test('a minute without fallback decisions has no such event', async () => {
  const { recordedDegraded, publish } = publishing()
  await publish()
  expect(recordedDegraded).toEqual([])
})

test('whoever dies between two subjects goes on with those that are missing', async () => {
  let isDown = true
  const { recorded, publish } = publishing({ dies: (subject) => isDown && subject === 'a' })
  await expect(publish()).rejects.toThrow('down')
  expect(recorded.map(({ subject }) => subject)).toEqual(['b'])
  isDown = false
  await publish()
  await publish()
  expect(recorded.map(({ subject }) => subject)).toEqual(['b', 'a'])
})

test('a minute whose marks may be gone is not published', async () => {
  const { recorded, publish } = publishing({ now: Date.parse(MINUTE) + 2 * 3_600_000 })
  expect([await publish(), recorded]).toEqual(['late', []])
})

test('a minute is published a minute after its end, and a minute after its first report at the earliest', () => {
  const start = Date.parse(MINUTE)
  const waits = [0, 59_999, 120_000, 999_999].map((ms) => msUntilPublished(MINUTE, start + ms))
  expect(waits).toEqual([120_000, 60_001, 60_000, 60_000])
})
