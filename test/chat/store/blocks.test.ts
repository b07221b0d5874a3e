import { createBlocks } from '../../../functions/chat/store/blocks.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { cancellingClient, conflicts } from '../../support/fake-dynamodb.ts'

test('a block that meets a message of the pair is tried again as another transaction', async () => {
  const { client, tokens } = cancellingClient(conflicts(2, 2))
  let ids = 0
  const newId = () => `id-${++ids}`
  const { block } = createBlocks({ client, tableName: 'Rooms', now: () => 0, random: () => 0, startTimer, newId })
  await block({ tenant: 'acme', user: 'ann', blocked: 'bob' }, new AbortController().signal)
  expect(tokens).toEqual(['id-1', 'id-2', 'id-3'])
})
