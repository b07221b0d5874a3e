import { createReadEvents } from '../../../functions/chat/store/read-events.ts'
import { createReadMembership } from '../../../functions/chat/store/read-membership.ts'
import { clientOf } from '../../support/fake-dynamodb.ts'

const ID = { tenant: 'acme', room: 'tea' }
const { signal } = new AbortController()

/** A table of which a query returns the events of these numbers, as it does while others are about to appear. */
function logOf(...numbers: number[]) {
  const Items = numbers.map((seq) => ({ pk: { S: 'R#acme#tea' }, sk: { S: `event#${seq}` }, seq: { N: String(seq) } }))
  return createReadEvents({ tableName: 'chat', client: clientOf(async () => ({ Items, $metadata: {} }) as never) })
}

test.each([
  [
    [3, 4, 5],
    [3, 4, 5],
  ],
  [[3, 5], [3]],
  [[4, 5], []],
  [[], []],
])('of a log that shows %j, what follows a missing number waits', async (shown, expected) => {
  const events = await logOf(...shown)({ ...ID, from: 3, to: 9, limit: 10 }, signal)
  expect(events.map(({ seq }) => seq)).toEqual(expected)
})

test('a user who is removed while the room and the member are read gets nothing from after the removal', async () => {
  const states = [
    { room: { head: { N: '5' }, deletedAt: { NULL: true } }, member: { user: { S: 'bob' }, joined: { N: '1' } } },
    { room: { head: { N: '9' }, deletedAt: { NULL: true } }, member: undefined },
  ] as const
  let reads = 0
  const client = clientOf(async (_, input) => {
    const state = states[reads++]
    const key = 'Key' in input ? input.Key?.sk?.S : undefined
    return { Item: key === 'room' ? state?.room : state?.member, $metadata: {} } as never
  })
  const read = createReadMembership({ tableName: 'chat', client })
  expect(await read({ ...ID, user: 'bob' }, signal)).toBeUndefined()
})
