import type { PutItemInput } from '@aws-sdk/client-dynamodb'
import { type ConditionalWrite, conditionalWrite } from '../../../functions/shared/data/conditional-write.ts'
import { AppError } from '../../../functions/shared/errors.ts'
import { clientOf, type DynamoDBCall, refusal } from '../../support/fake-dynamodb.ts'

const { signal } = new AbortController()
const EXISTING = { pk: { S: 'a' }, version: { N: '1' } }
const KEY = { TableName: 'notes', Key: { pk: { S: 'a' } } }
const CONDITION = { ConditionExpression: 'version = :version', ExpressionAttributeValues: { ':version': { N: '1' } } }
const UPDATE: ConditionalWrite = {
  operation: 'UpdateItem',
  input: { ...KEY, ...CONDITION, UpdateExpression: 'SET version = :version' },
}

/** A client that responds with `response` or throws it, and the requests that it was sent. */
function world(response: object | Error) {
  const sent: { operation: string; input: object; options: object | undefined }[] = []
  const call = async (operation: string, input: PutItemInput, options?: object) => {
    sent.push({ operation, input, options })
    if (response instanceof Error) throw response
    return response
  }
  return { client: clientOf(call as unknown as DynamoDBCall), sent }
}

test.each<[ConditionalWrite, string]>([
  [{ operation: 'DeleteItem', input: { ...KEY, ...CONDITION } }, 'ALL_OLD'],
  [{ operation: 'PutItem', input: { TableName: 'notes', Item: EXISTING, ...CONDITION } }, 'NONE'],
  [UPDATE, 'ALL_NEW'],
])('sends $operation once as it was given, and asks for the item that makes the condition fail', async (write, values) => {
  const { client, sent } = world({})
  const options = { signal, once: true }
  expect(await conditionalWrite(client, write, options)).toEqual({ outcome: 'written', item: undefined })
  const input = { ...write.input, ReturnValues: values, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
  expect(sent).toEqual([{ operation: write.operation, input, options }])
})

test('returns the attributes of the response with the write', async () => {
  const { client } = world({ Attributes: EXISTING })
  expect(await conditionalWrite(client, UPDATE, { signal })).toEqual({ outcome: 'written', item: EXISTING })
})

test.each([
  ['the item that exists', { Item: EXISTING }, EXISTING],
  ['no item when none exists', {}, undefined],
])('returns a failed condition as an outcome with %s', async (_, fields, item) => {
  const { client } = world(refusal('ConditionalCheckFailedException', fields))
  expect(await conditionalWrite(client, UPDATE, { signal })).toEqual({ outcome: 'refused', item })
})

test.each([
  ['another refusal', refusal('ValidationException', { Item: EXISTING })],
  ['a lost response', new AppError('dependency-failed', 'lost', { retryable: true })],
])('throws %s unchanged', async (_, failure) => {
  const { client } = world(failure)
  await expect(conditionalWrite(client, UPDATE, { signal })).rejects.toBe(failure)
})
