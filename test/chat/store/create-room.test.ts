import type { TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { newGroup } from '../../../functions/chat/rooms/new-room.ts'
import { createStoreRoom } from '../../../functions/chat/store/create-room.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { clientOf, refusal } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../cause.ts'
import { NOW } from '../situation.ts'

const { signal } = new AbortController()
const ID = { tenant: 'acme', room: 'tea' }

/** Stores a room in a table that cancels the first transactions, each by the code of one of its items. */
function storing(cancellations: readonly { code: string; item: number }[]) {
  const tokens: unknown[] = []
  const client = clientOf(async (_operation, input) => {
    const { TransactItems = [], ClientRequestToken } = input as TransactWriteItemsInput
    const cancelled = cancellations[tokens.length]
    tokens.push(ClientRequestToken)
    if (!cancelled) return {}
    const CancellationReasons = TransactItems.map((_, index) => ({
      Code: index === cancelled.item ? cancelled.code : 'None',
    }))
    throw refusal('TransactionCanceledException', { CancellationReasons })
  })
  let ids = 0
  const store = createStoreRoom({
    client,
    tableName: 'Rooms',
    random: () => 0,
    startTimer,
    newId: () => `id-${++ids}`,
    forgetDeletedRooms: async () => false,
  })
  const spec = { id: ID.room, creator: 'ann', now: NOW, version: 'v1' }
  const room = { id: ID, ...newGroup(spec, { name: 'Tea', history: 'all' }), cause: CAUSE }
  return { result: store(room, signal), tokens }
}

const times = (count: number, cancellation: { code: string; item: number }) =>
  Array.from({ length: count }, () => cancellation)

test('a creation that meets another change of the user’s rooms is tried again as another transaction', async () => {
  const { result, tokens } = storing(times(2, { code: 'TransactionConflict', item: 1 }))
  expect(await result).toEqual({ outcome: 'created' })
  expect(new Set(tokens).size).toBe(3)
})

test('a creation that others are always in the way of is given up, and may be asked for again', async () => {
  const { result, tokens } = storing(times(9, { code: 'TransactionConflict', item: 0 }))
  await expect(result).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(tokens).toHaveLength(5)
})

test.each([
  ['a room that is there', 0, 'exists'],
  ['a user with too many rooms', 1, 'limit-reached'],
])('%s is found out by one transaction', async (_, item, outcome) => {
  const { result, tokens } = storing(times(1, { code: 'ConditionalCheckFailed', item }))
  expect([await result, tokens.length]).toEqual([{ outcome }, 1])
})
