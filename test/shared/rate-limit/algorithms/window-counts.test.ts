import type { Item } from '../../../../functions/shared/data/table.ts'
import { attributeOf, removeOldWindows } from '../../../../functions/shared/rate-limit/algorithms/windows.ts'
import { chargeInput, pkOf, planCharge } from '../../../../functions/shared/rate-limit/counters/counter.ts'
import type { WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'
import { counterTable } from '../support/counter-table.ts'

const itemOf = (...names: string[]): Item => Object.fromEntries(names.map((name) => [name, { N: '1' }]))

test('the counts of this window and the three before it stay', () => {
  expect(removeOldWindows(itemOf('m_96', 'm_97', 'm_98', 'm_99', 'm_100', 'm_101'), 100)).toBe(' REMOVE m_96')
})

test('where nothing is old, nothing is removed', () => {
  expect(removeOldWindows({}, 100)).toBe('')
  expect(removeOldWindows(itemOf('m_97'), 100)).toBe('')
})

test('only counts are removed', () => {
  expect(removeOldWindows(itemOf('m_1', 'm_1x', 'xm_1', 'tat', 'ttl'), 100)).toBe(' REMOVE m_1')
})

test('25 are removed at once, the rest by the writes that follow', () => {
  const names = Array.from({ length: 30 }, (_, index) => attributeOf(index + 1))
  expect(removeOldWindows(itemOf(...names), 100)).toBe(` REMOVE ${names.slice(0, 25).join(', ')}`)
})

test('a write that is a second late, by a clock that is 500 ms behind, still finds the count that it relies on', async () => {
  const policy: WindowPolicy = { name: 'calls', algorithm: 'sliding-window', limit: 10, windowMs: 1000 }
  const { dynamodb } = counterTable()
  let item: Item = {}
  const charge = (cost: number, { at, snapshot }: { at: number; snapshot: Item | undefined }) => {
    const check = { policy, cost, now: at }
    const counterCheck = { policy, subject: 'user', pk: pkOf(policy, 'user'), cost, peek: false }
    const plan = planCharge(snapshot && { item: snapshot, at }, check)
    const input = chargeInput('limits', counterCheck, { plan, now: at })
    return async () => {
      item = (await dynamodb('UpdateItem', input)).Attributes ?? {}
    }
  }
  await charge(10, { at: 99_900, snapshot: undefined })()
  // Five of the 10 are in the window, so this must not pass.
  const late = charge(6, { at: 100_501, snapshot: undefined })
  await charge(1, { at: 102_000, snapshot: item })()
  await expect(late()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
})
