import type { TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { createBlocks } from '../../../functions/chat/store/blocks.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { cancellingClient, clientOf, conflicts, refusal } from '../../support/fake-dynamodb.ts'

const BLOCK = { tenant: 'acme', user: 'ann', blocked: 'bob' }

test('a block that meets a message of the pair is tried again as another transaction', async () => {
  const { client, tokens } = cancellingClient(conflicts(2, 2))
  let ids = 0
  const newId = () => `id-${++ids}`
  const { block } = createBlocks({ client, tableName: 'Rooms', now: () => 0, random: () => 0, startTimer, newId })
  expect(await block(BLOCK, new AbortController().signal)).toBe('blocked')
  expect(tokens).toEqual(['id-1', 'id-2', 'id-3'])
})

describe('a block only if there is none', () => {
  /** Blocks a user who is blocked: by another request, or by the first attempt of this one, whose answer was lost. */
  async function blockAgain({ isLost }: { isLost: boolean }) {
    let ids = 0
    let calls = 0
    const client = clientOf(async (_, input) => {
      if (isLost && ++calls === 1) throw new AppError('dependency-failed', 'No answer came', { retryable: true })
      const { TransactItems = [] } = input as TransactWriteItemsInput
      const reasons = TransactItems.map(({ Put }) =>
        Put?.ConditionExpression === 'attribute_not_exists(pk)'
          ? { Code: 'ConditionalCheckFailed', Item: { id: { S: 'id-1' } } }
          : { Code: 'None' },
      )
      if (reasons.every(({ Code }) => Code === 'None')) return {}
      throw refusal('TransactionCanceledException', { CancellationReasons: reasons })
    })
    const newId = () => `${isLost ? 'id' : 'own'}-${++ids}`
    const options = { client, tableName: 'Rooms', now: () => 0, random: () => 0, startTimer, newId }
    return createBlocks(options).block({ ...BLOCK, onlyIfAbsent: true }, new AbortController().signal)
  }

  test('leaves the one that another request made', async () => {
    expect(await blockAgain({ isLost: false })).toBe('stale')
  })

  test('is made once, also if the answer to its first attempt was lost', async () => {
    expect(await blockAgain({ isLost: true })).toBe('blocked')
  })
})
