import { AwsError } from '../../../functions/shared/aws/aws-error.ts'
import type { DynamoDB } from '../../../functions/shared/data/dynamodb.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { createVisitStore } from '../../../functions/url-shortener/store/click-cap.ts'

const { signal } = new AbortController()

/** Spends a visit of a table that fails so. */
function spendOn(cause: Error) {
  const dynamodb = (async () => {
    throw new AppError('dependency-failed', 'dynamodb failed', { cause, retryable: true })
  }) as DynamoDB
  return createVisitStore(dynamodb, 'Links').spend('abc', signal)
}

test.each([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
])('a counter that can not take as many as come (%s) is busy, which is no failure', async (name) => {
  expect(await spendOn(new AwsError(400, { __type: name }))).toBe('busy')
})

test.each([
  ['an error of the table', new AwsError(500, { __type: 'InternalServerError' })],
  ['a lost connection', new Error('socket hang up')],
])('%s is a failure', async (_, cause) => {
  await expect(spendOn(cause)).rejects.toThrow('dynamodb failed')
})
