import { randomUUID } from 'node:crypto'
import { createSuppressions } from '../../../functions/notification/store/suppressions.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { cancellingClient, conflicts } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()
const ANN = { tenant: 'acme', channel: 'email', address: 'ann@example.com' } as const

function given(client: ReturnType<typeof cancellingClient>['client']) {
  const options = { client, tableName: 'notification', hashAddress: async () => 'hash', now: () => 1000 }
  return createSuppressions({ ...options, newId: randomUUID, random: () => 0, startTimer })
}

test.each([0, 1])('a suppression is written again while others write it: item %i', async (item) => {
  const { client, tokens } = cancellingClient(conflicts(3, item))
  const result = await given(client).suppress({ ...ANN, reason: 'bounce' }, signal)
  expect([result.outcome, tokens.length]).toEqual(['created', 4])
})

test.each([0, 1])('its end is written again while others write it: item %i', async (item) => {
  const { client, tokens } = cancellingClient(conflicts(3, item))
  expect([await given(client).unsuppress(ANN, signal), tokens.length]).toEqual([true, 4])
})

test('the end of one that is not there is found at once', async () => {
  const { client, tokens } = cancellingClient([{ code: 'ConditionalCheckFailed', item: 0 }])
  expect([await given(client).unsuppress(ANN, signal), tokens.length]).toEqual([false, 1])
})
