import { createTakeThrottle } from '../../../functions/notification/store/throttle.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'

setFunctionEnvironment()
const table = { client: patientDynamoDB(), tableName: await ownTable() }
const { signal } = new AbortController()
const take = createTakeThrottle({ ...table, now: Date.now })

test('concurrent notifications never exceed a throttle, for each user and category', async () => {
  const charge = {
    tenant: newTenant(),
    subject: 'ann+#1@example.com',
    category: 'news',
    throttle: { limit: 2, windowMs: 60_000, over: 'drop' },
  } as const
  const outcomes = await Promise.all(
    ['a', 'b', 'c', 'a'].map((notificationId) => take({ ...charge, notificationId }, signal)),
  )
  const again = await Promise.all(['a', 'b', 'c'].map((notificationId) => take({ ...charge, notificationId }, signal)))
  expect(again.filter(({ outcome }) => outcome === 'allowed')).toHaveLength(2)
  expect(outcomes[0]?.outcome).toBe(outcomes[3]?.outcome)
  expect(outcomes.slice(0, 3)).toEqual(again)
  expect(await take({ ...charge, category: 'other', notificationId: 'c' }, signal)).toEqual({ outcome: 'allowed' })
  expect(await take({ ...charge, subject: 'bob', notificationId: 'c' }, signal)).toEqual({ outcome: 'allowed' })
})
