import { newGroup } from '../../../functions/chat/rooms/new-room.ts'
import { createStoreRoom } from '../../../functions/chat/store/create-room.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { type CancelledBy, cancellingClient, conflicts } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../cause.ts'
import { NOW } from '../situation.ts'

const { signal } = new AbortController()
const ID = { tenant: 'acme', room: 'tea' }

/** Stores a room in a table that cancels the first transactions. */
function storing(cancellations: readonly CancelledBy[]) {
  const { client, tokens } = cancellingClient(cancellations)
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

test('a creation that meets another change of the user’s rooms is tried again as another transaction', async () => {
  const { result, tokens } = storing(conflicts(2, 1))
  expect(await result).toEqual({ outcome: 'created' })
  expect(new Set(tokens).size).toBe(3)
})

test('a creation that others are always in the way of is given up, and may be asked for again', async () => {
  const { result, tokens } = storing(conflicts(9))
  await expect(result).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(tokens).toHaveLength(5)
})

test.each([
  ['a room that is there', 0, 'exists'],
  ['a user with too many rooms', 1, 'limit-reached'],
])('%s is found out by one transaction', async (_, item, outcome) => {
  const { result, tokens } = storing([{ code: 'ConditionalCheckFailed', item }])
  expect([await result, tokens.length]).toEqual([{ outcome }, 1])
})
