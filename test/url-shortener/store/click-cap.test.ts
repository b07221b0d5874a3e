import { AppError } from '../../../functions/shared/errors.ts'
import { createVisitStore } from '../../../functions/url-shortener/store/click-cap.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()

/** Counts a visit in a table that fails with this error. */
function spendOn(cause: Error) {
  const dynamodb = (async () => {
    throw new AppError('dependency-failed', 'dynamodb failed', { cause, retryable: true })
  }) as DynamoDBCall
  return createVisitStore({ client: clientOf(dynamodb), tableName: 'Links' }).spend('abc', signal)
}

test.each([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
])('a counter under contention (%s) is busy, which is no failure', async (name) => {
  expect(await spendOn(refusal(name))).toBe('busy')
})

test.each([
  ['an error of the table', refusal('InternalServerError', { $metadata: { httpStatusCode: 500 } })],
  ['a lost connection', new Error('socket hang up')],
])('%s is a failure', async (_, cause) => {
  await expect(spendOn(cause)).rejects.toThrow('dynamodb failed')
})
