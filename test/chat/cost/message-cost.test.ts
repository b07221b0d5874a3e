import { forParts, type MessageUse, messageCost, messageTable } from '../../../tools/cost/chat/message-cost.ts'

const ASSUMED = { ownMs: 10, callMs: 5, logBytes: 1000 }

/** Each function makes one call, which reads one unit; the commit writes ten. */
const use: MessageUse = {
  calls: { ...forParts(() => [{ read: 1, write: 0 }]), Socket: [{ read: 1, write: 10 }] },
  recipientBytes: 128,
  members: 10,
  memory: forParts(() => 1024),
}

test('a million messages cost a post for each member, and the commit once', () => {
  const cost = messageCost(use, 10, ASSUMED)
  expect(cost).toMatchObject({ posts: 10, socket: 2 })
  expect(cost.sqs).toBeCloseTo(3 * 0.5 + 3 * 0.4)
  expect(cost.dynamodb).toBeCloseTo(4 * 0.125 + 10 * 0.625)
  expect(cost.logs).toBeCloseTo(4 * 0.5)
  // Four functions of 15 ms, one of which posts for 20 ms.
  expect(cost.lambda).toBeCloseTo(4 * 0.2 + 0.08 * 1e6 * 0.0000133334)
})

test('a room of 1,000 has four workers, each of which reads and posts to a quarter', () => {
  const [small, large] = [messageCost(use, 10, ASSUMED), messageCost(use, 1000, ASSUMED)]
  expect(large.posts).toBe(1000)
  expect(large.sqs - small.sqs).toBeCloseTo(3 * 3 * 0.5)
  // Each of three more workers reads a unit, and each of four the 32 KB of 250 recipients instead of 4.
  expect(large.dynamodb - small.dynamodb).toBeCloseTo((3 + 4 * 7) * 0.125)
  expect(large.socket).toBe(small.socket)
})

test('the table has a row for each size of a room, and what was measured of each function', () => {
  const text = messageTable(use, ASSUMED)
  expect(text).toMatch(/^\| 1000 \| \$1000\.00 \| \$2\.00 \|/m)
  expect(text).toMatch(/^\| Socket \| 1 \| 1 \| 10 \|/m)
})
