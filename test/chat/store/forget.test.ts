import { createForget } from '../../../functions/chat/store/forget.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { cancellingClient, conflicts } from '../../support/fake-dynamodb.ts'

test('a connection that the workers of several rooms forget at once is forgotten by each', async () => {
  const { client, tokens } = cancellingClient(conflicts(2))
  const { gone } = createForget({ client, tableName: 'Rooms', random: () => 0, startTimer })
  const shard = { id: { tenant: 'acme', room: 'tea' }, shard: 0 }
  const recipient = { connectionId: 'c1', user: 'bob', joined: 1, connectedAt: 0 }
  await gone(shard, recipient, new AbortController().signal)
  expect(tokens).toHaveLength(3)
})
