import { patientDynamoDB, sdkConfig, setFunctionEnvironment } from '../../support/cloud.ts'
import { httpEvent, lambdaContext } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { ownTable } from '../../support/own-table.ts'
import { storedLink } from '../store/stored-link.ts'
import { VISITORS } from './a-visit.ts'

setFunctionEnvironment()
const table = await ownTable('UrlShortener')
const dynamodb = patientDynamoDB()
const codes = await Promise.all(
  [{}, { maxClicks: 50 }, { passwordId: 'p1' }].map((one) => storedLink(dynamodb, table, one)),
)

/** Lets the given number of the function's reads succeed, each after a millisecond; later ones fail. */
function readsFailAfter(times: number): string {
  const operation = 'dynamodb.GetItem'
  return JSON.stringify([
    { operation, rate: 1, latencyMs: 1, times },
    { operation, rate: 1, error: 'server' },
  ])
}

// The deployed function serves other tests at the same time, so this is another environment of it, with the same table.
Object.assign(process.env, {
  TABLE_NAME: table,
  STACK_NAME: 'Outage',
  SIGNING_SECRET: 'nobody-has-a-cookie',
  PUBLIC_URL: 'https://go.example',
  // There is no such queue: that clicks are lost makes no difference to visitors.
  CLICKS_QUEUE_URL: `${sdkConfig.endpoint}/000000000000/nobody-counts`,
  TRY_MS: '5000',
  // It is prewarmed by one read, and reads each link once.
  FAULTS: readsFailAfter(1 + codes.length),
})
const { handler } = await import('../../../functions/url-shortener/redirect.handler.ts')

// The function's log of an outage would clutter the output of the tests.
const { write } = process.stdout
beforeAll(() => {
  process.stdout.write = () => true
})
afterAll(() => {
  process.stdout.write = write
})

async function visits(): Promise<(number | undefined)[]> {
  const statuses: (number | undefined)[] = []
  for (const code of codes) {
    const event = httpEvent({
      routeKey: 'GET /{code}',
      path: `/${code}`,
      params: { code },
      headers: VISITORS.person,
    })
    statuses.push((await handler(event, lambdaContext())).statusCode)
  }
  return statuses
}

test('while the table can’t be read, a cached link redirects, and one with a cap or a password gets 503', async () => {
  expect(await visits()).toEqual([302, 302, 200])
  await eventually(async () => expect(await visits()).toEqual([302, 503, 503]))
})
