import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { countDenials } from '../../../functions/rate-limiter/denials/count-denials.ts'
import { minuteOf } from '../../../functions/rate-limiter/domain/denials.ts'
import { createDenialMinutes, createReadDenied } from '../../../functions/rate-limiter/store/denial-minutes.ts'
import { minuteKey } from '../../../functions/rate-limiter/store/keys.ts'
import { topSubjects } from '../../../functions/rate-limiter/top/top-subjects.ts'
import { aPolicy } from '../a-policy.ts'
import { aMessage } from '../denials/denial-world.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const { table } = await limitsTable()
const NOW = Date.now()

function denialsOf(tenant: string) {
  const count = countDenials({ ...createDenialMinutes(table), publishLater: async () => {}, now: () => NOW })
  const top = topSubjects({ read: async () => aPolicy(), readDenied: createReadDenied(table), now: () => NOW })
  return {
    count: (id: string, denied: [string, number][], minutesAgo = 0) =>
      count(aMessage(id, denied, { tenant, minute: minuteOf(NOW - minutesAgo * 60_000) }), signal),
    top: () => top({ tenant, name: 'writes' }, signal),
  }
}

/** @proves rate-limiter/denials-once */
test('a redelivered message doubles no aggregate, also when others came in between', async () => {
  const { count, top } = denialsOf(newTenant())
  await count('1', [['user:é', 2]])
  await count('2', [['user:é', 40]])
  expect(await count('1', [['user:é', 2]])).toEqual(['repeated'])
  expect(await top()).toEqual([{ subject: 'user:é', count: 42 }])
})

test('messages that come at once all count, each once', async () => {
  const { count, top } = denialsOf(newTenant())
  const ids = ['1', '2', '3', '4', '1', '2', '3', '4']
  const outcomes = await Promise.all(ids.map((id) => count(id, [['a', 10 ** (Number(id) - 1)]])))
  expect(outcomes.flat().sort()).toEqual([...Array(4).fill('counted'), ...Array(4).fill('repeated')])
  expect(await top()).toEqual([{ subject: 'a', count: 1111 }])
})

test('the minutes of the last hour are read, and those of no other tenant', async () => {
  const { count, top } = denialsOf(newTenant())
  await denialsOf(newTenant()).count('1', [['other', 1]])
  for (const minutesAgo of [0, 59, 60]) await count('1', [[`${minutesAgo} ago`, 1]], minutesAgo)
  expect((await top())?.map(({ subject }) => subject)).toEqual(['0 ago', '59 ago'])
})

test('a minute lives two hours', async () => {
  const id = { tenant: newTenant(), policy: 'writes', minute: minuteOf(NOW) }
  await denialsOf(id.tenant).count('1', [['a', 1]])
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: minuteKey(id) }))
  expect(Number(Item?.ttl?.N) * 1000).toBe(Date.parse(id.minute) + 2 * 3_600_000)
})
