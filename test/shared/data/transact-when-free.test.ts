import { createTransactWhenFree } from '../../../functions/shared/data/transact-when-free.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { type CancelledBy, cancellingClient, conflicts } from '../../support/fake-dynamodb.ts'

const NOTE = { Put: { TableName: 'notes', Item: { pk: { S: 'a' } } } }
const REFUSED: CancelledBy = { code: 'ConditionalCheckFailed', item: 0 }

/** Sends a transaction of a note to a table that cancels the first ones, with another token for each try. */
function sending(cancellations: readonly CancelledBy[]) {
  const { client, tokens } = cancellingClient(cancellations)
  const transactWhenFree = createTransactWhenFree({ client, random: () => 0, startTimer })
  let tries = 0
  const plan = () => ({ items: [NOTE], token: `try-${++tries}` })
  return { result: transactWhenFree(plan, new AbortController().signal), tokens }
}

test('a transaction that others are in the way of is planned and sent again', async () => {
  const { result, tokens } = sending(conflicts(2))
  expect(await result).toEqual({ outcome: 'written' })
  expect(tokens).toEqual(['try-1', 'try-2', 'try-3'])
})

test('a condition that fails is the outcome, and not tried again', async () => {
  const { result, tokens } = sending([...conflicts(1), REFUSED])
  expect(await result).toMatchObject({ outcome: 'cancelled', items: [{ reason: 'condition' }] })
  expect(tokens).toHaveLength(2)
})

test('a transaction that others are always in the way of is given up after five tries, and may be asked for again', async () => {
  const { result, tokens } = sending(conflicts(9))
  await expect(result).rejects.toMatchObject({ code: 'conflict', retryable: true })
  expect(tokens).toHaveLength(5)
})
