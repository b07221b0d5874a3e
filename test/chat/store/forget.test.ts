import type { TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { createForget } from '../../../functions/chat/store/forget.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { clientOf, refusal } from '../../support/fake-dynamodb.ts'

/** Forgets a connection in a table that cancels the first transactions, and tells how many there were. */
async function forgetting(conflicts: number) {
  let transactions = 0
  const client = clientOf(async (operation, input) => {
    if (operation !== 'TransactWriteItems') return {}
    transactions += 1
    if (transactions > conflicts) return {}
    const { TransactItems = [] } = input as TransactWriteItemsInput
    const CancellationReasons = TransactItems.map((_, index) => ({
      Code: index === 0 ? 'TransactionConflict' : 'None',
    }))
    throw refusal('TransactionCanceledException', { CancellationReasons })
  })
  const { gone } = createForget({ client, tableName: 'Rooms', random: () => 0, startTimer })
  const shard = { id: { tenant: 'acme', room: 'tea' }, shard: 0 }
  const recipient = { connectionId: 'c1', user: 'bob', joined: 1, connectedAt: 0 }
  const [result] = await Promise.allSettled([gone(shard, recipient, new AbortController().signal)])
  return { result, transactions }
}

test('a connection that the workers of several rooms forget at once is forgotten by each', async () => {
  expect(await forgetting(2)).toMatchObject({ result: { status: 'fulfilled' }, transactions: 3 })
})

test('a connection that others are always in the way of is given up after five tries, and may be met again', async () => {
  expect(await forgetting(9)).toMatchObject({
    result: { reason: { code: 'conflict', retryable: true } },
    transactions: 5,
  })
})
