import type { Hitter } from '../../../functions/rate-limiter/domain/heavy-hitters.ts'
import { topSubjects } from '../../../functions/rate-limiter/top/top-subjects.ts'
import { aPolicy, TENANT } from '../a-policy.ts'

const { signal } = new AbortController()
const hitter = (key: string, count: number, error = 0): Hitter => ({ key, count, error })

function ask(minutes: Hitter[][], policy: ReturnType<typeof aPolicy> | undefined = aPolicy()) {
  const asked: unknown[] = []
  const top = topSubjects({
    read: async () => policy,
    async readDenied(query) {
      asked.push(query)
      return minutes
    },
    now: () => Date.UTC(2026, 2, 12, 19, 3, 58),
  })
  return { asked, answer: top({ tenant: TENANT, name: 'writes' }, signal) }
}

test('the minutes of an hour add up, the most often denied first, without what may be too much', async () => {
  const { asked, answer } = ask([
    [hitter('a', 3), hitter('b', 9, 5)],
    [hitter('a', 2), hitter('c', 6)],
  ])
  expect(await answer).toEqual([
    { subject: 'c', count: 6 },
    { subject: 'a', count: 5 },
    { subject: 'b', count: 4 },
  ])
  expect(asked).toEqual([{ tenant: TENANT, policy: 'writes', since: '2026-03-12T18:04Z' }])
})

test('a hundred subjects are told of at most, in one order', async () => {
  const many = Array.from({ length: 150 }, (_, index) => hitter(`user:${100 + index}`, 1))
  const items = await ask([many.reverse()]).answer
  expect(items?.map(({ subject }) => subject)).toEqual(Array.from({ length: 100 }, (_, index) => `user:${100 + index}`))
})
