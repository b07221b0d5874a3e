import type { TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { createBlocks } from '../../../functions/chat/store/blocks.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { clientOf, refusal } from '../../support/fake-dynamodb.ts'

/** Stores a block in a table that cancels the first transactions, and tells their tokens. */
async function blocking(conflicts: number) {
  const tokens: unknown[] = []
  const client = clientOf(async (_operation, input) => {
    const { TransactItems = [], ClientRequestToken } = input as TransactWriteItemsInput
    tokens.push(ClientRequestToken)
    if (tokens.length > conflicts) return {}
    const CancellationReasons = TransactItems.map((_, index) => ({
      Code: index === 2 ? 'TransactionConflict' : 'None',
    }))
    throw refusal('TransactionCanceledException', { CancellationReasons })
  })
  let ids = 0
  const newId = () => `id-${++ids}`
  const { block } = createBlocks({ client, tableName: 'Rooms', now: () => 0, random: () => 0, startTimer, newId })
  const ofPair = { tenant: 'acme', user: 'ann', blocked: 'bob' }
  const [result] = await Promise.allSettled([block(ofPair, new AbortController().signal)])
  return { result, tokens }
}

test('a block that meets a message of the pair is tried again as another transaction', async () => {
  const { result, tokens } = await blocking(2)
  expect([result.status, new Set(tokens).size]).toEqual(['fulfilled', 3])
})

test('a block that messages are always in the way of is given up, and may be asked for again', async () => {
  const { result, tokens } = await blocking(9)
  expect(result).toMatchObject({ reason: { code: 'conflict', retryable: true } })
  expect(tokens).toHaveLength(5)
})
