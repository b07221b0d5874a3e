import { newMember } from '../../../functions/chat/domain/member.ts'
import { createCommit } from '../../../functions/chat/store/commit.ts'
import { toItem } from '../../../functions/chat/store/items.ts'
import { recordKey } from '../../../functions/chat/store/keys.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { clientOf, refusal } from '../../support/fake-dynamodb.ts'
import { CAUSE } from '../cause.ts'
import { aRoom } from '../situation.ts'

const ID = { tenant: 'acme', room: 'tea' }

/** Commits to a room that others keep changing, where a try takes some time, and tells the times of the tries. */
async function contended({ tryMs = 0, random = 1 } = {}) {
  const clock = fakeClock()
  const start = clock.now()
  const tries: number[] = []
  const member = newMember('olga', { role: 'owner', joined: 1 })
  const items = [
    toItem({ ...recordKey(ID, { record: 'room' }), ...aRoom(), revision: 7 }),
    toItem({ ...recordKey(ID, { record: 'member', user: 'olga' }), ...member, revision: 1 }),
  ]
  const client = clientOf(async (operation, input) => {
    if (operation === 'BatchGetItem') return { Responses: { chat: items }, $metadata: {} } as never
    tries.push(clock.now() - start)
    clock.set(clock.now() + tryMs)
    const { TransactItems = [] } = input as { TransactItems?: object[] }
    throw refusal('TransactionCanceledException', {
      CancellationReasons: TransactItems.map((_, index) => ({ Code: index === 0 ? 'TransactionConflict' : 'None' })),
    })
  })
  const commit = createCommit({
    client,
    tableName: 'chat',
    ...clock,
    random: () => random,
    newId: () => 'o1',
    rate: { perSecond: 10, burst: 20 },
    forgetDeletedRooms: async () => false,
  })
  const request = { ...ID, user: 'olga', cause: CAUSE, once: { cid: 'c1', fingerprint: 'f' } }
  const decide = () => ({ outcome: 'change', content: { type: 'delete', target: 4 } }) as const
  const result = commit({ ...request, decide }, new AbortController().signal)
  await clock.advance(10_000)
  return { result: await result, tries, pending: clock.pendingTimers() }
}

/** @proves chat/bounded-tries */
test('a commit that others keep getting in the way of is tried five times, ever further apart, and then given up', async () => {
  const { result, tries, pending } = await contended()
  expect(tries).toEqual([0, 50, 150, 350, 750])
  expect(result).toEqual({ outcome: 'contended', retryAfterMs: 500 })
  expect(pending).toBe(0)
})

test('the pauses are random, down to none', async () => {
  const { result, tries } = await contended({ random: 0 })
  expect(tries).toEqual([0, 0, 0, 0, 0])
  expect(result).toEqual({ outcome: 'contended', retryAfterMs: 250 })
})

/** @proves chat/bounded-tries */
test('no try begins after two seconds', async () => {
  const { result, tries } = await contended({ tryMs: 600 })
  // The fourth would begin after 2,150 ms.
  expect(tries).toEqual([0, 650, 1350])
  expect(result).toMatchObject({ outcome: 'contended' })
})
