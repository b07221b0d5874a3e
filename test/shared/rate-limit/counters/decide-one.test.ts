import { boundedMap } from '../../../../functions/shared/rate-limit/counters/bounded-map.ts'
import type { CounterCheck, Counters } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import { decideOne } from '../../../../functions/shared/rate-limit/counters/decide-one.ts'
import { denialCache } from '../../../../functions/shared/rate-limit/counters/denial-cache.ts'
import { fakeClock } from '../../../support/fake-clock.ts'
import { counterTable } from '../support/counter-table.ts'
import { PER_MINUTE, START } from '../support/limiter-world.ts'

const { signal } = new AbortController()

test('only a real denial leaves a block to be written, and only once', async () => {
  const { dynamodb } = counterTable()
  const counters: Counters = {
    ...fakeClock(START),
    dynamodb,
    tableName: 'limits',
    random: () => 0,
    snapshots: boundedMap(10),
    denials: denialCache(),
  }
  const policy = { ...PER_MINUTE, blockMs: 1000 }
  const counterCheck: CounterCheck = { policy, subject: 'user', pk: 'Q#writes#user', cost: 10, peek: false }
  const blocksOf = async (changed: Partial<CounterCheck>) =>
    (await decideOne(counters, { ...counterCheck, ...changed }, signal)).blocks
  expect(await blocksOf({})).toEqual([])
  expect(await blocksOf({ cost: 11 })).toEqual([])
  expect(await blocksOf({ policy: PER_MINUTE })).toEqual([])
  expect(await blocksOf({})).toMatchObject([
    { pk: 'Q#writes#user', item: { blockedUntil: { N: String(START + 1000) } } },
  ])
})
