import { randomUUID } from 'node:crypto'
import type { AttributeValue, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb'
import { createSuppressions } from '../../../functions/notification/store/suppressions.ts'
import { suppressionRoutes } from '../../../functions/notification/suppressions/routes.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { jsonEvent, lambdaContext } from '../../support/events.ts'
import { clientOf, refusal } from '../../support/fake-dynamodb.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

const CLAIMS = { sub: 'operator', tenant: 'acme', scope: 'notify:manage' }
const IF_ABSENT = { 'if-none-match': '*' }

/** The routes over a table in memory, which reads and writes whole items. */
function api() {
  const items = new Map<string, Record<string, AttributeValue>>()
  const keyOf = ({ pk, sk }: Record<string, AttributeValue> = {}) => `${pk?.S} ${sk?.S}`
  const client = clientOf(async (operation, input) => {
    if (operation === 'GetItem') return { Item: items.get(keyOf('Key' in input ? input.Key : undefined)) }
    const puts = ((input as TransactWriteItemsInput).TransactItems ?? []).flatMap(({ Put }) => Put ?? [])
    const reasons = puts.map(({ Item, ConditionExpression }) => {
      const isRefused = ConditionExpression === 'attribute_not_exists(pk)' && items.has(keyOf(Item))
      return { Code: isRefused ? 'ConditionalCheckFailed' : 'None' }
    })
    if (reasons.some(({ Code }) => Code !== 'None')) {
      throw refusal('TransactionCanceledException', { CancellationReasons: reasons })
    }
    for (const { Item = {} } of puts) items.set(keyOf(Item), Item)
    return {}
  })
  const options = {
    client,
    tableName: 'notification',
    hashAddress: async ({ address }: { address: string }) => address,
  }
  const cursors = { open: () => Promise.reject(new Error('no cursor')), seal: async () => '' }
  const routes = suppressionRoutes({
    ...createSuppressions({ ...options, newId: randomUUID, random: () => 0, startTimer, now: () => 1000 }),
    cursors,
    tenancy: 'multi',
  })
  const handler = httpHandler({ ...silentTelemetry(), routes })
  return async (reason: string, headers: Record<string, string> = {}) => {
    const routeKey = 'PUT /v1/suppressions/{channel}'
    const json = { address: 'ann@example.com', reason }
    const event = jsonEvent({ routeKey, params: { channel: 'email' }, claims: CLAIMS, headers, json })
    const { statusCode, body } = await handler(event, lambdaContext())
    const answer = JSON.parse(String(body))
    return [statusCode, answer.code ?? answer.reason]
  }
}

test('If-None-Match: * suppresses only an address that is not suppressed, otherwise 412', async () => {
  const put = api()
  expect(await put('asked', IF_ABSENT)).toEqual([201, 'asked'])
  expect(await put('bounce', IF_ABSENT)).toEqual([412, 'precondition-failed'])
  expect(await put('bounce', { 'if-none-match': 'x' })).toEqual([412, 'precondition-failed'])
  expect(await put('complaint')).toEqual([200, 'complaint'])
})

test('only one of several requests with If-None-Match: * that come at once suppresses', async () => {
  const put = api()
  const answers = await Promise.all(['asked', 'bounce', 'complaint'].map((reason) => put(reason, IF_ABSENT)))
  expect(answers.map(([status]) => status).toSorted()).toEqual([201, 412, 412])
})
