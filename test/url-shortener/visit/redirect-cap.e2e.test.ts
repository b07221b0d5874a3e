import { apiUrl, patientDynamoDB, setFunctionEnvironment, tableName } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { type Answer, answered, call } from '../../support/http.ts'
import { storedLink } from '../store/stored-link.ts'
import { VISITORS } from './a-visit.ts'

setFunctionEnvironment()
const api = apiUrl('UrlShortener')
const dynamodb = patientDynamoDB()

const visit = (code: string) => call(`${api}/${code}`, { headers: VISITORS.person })
const VISITS = 120
const visitAtOnce = (code: string, visits = VISITS): Promise<Answer[]> =>
  Promise.all(Array.from({ length: visits }, () => visit(code)))

/** Counts the responses by status. */
function tally(statuses: number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

/**
 * Starts as many environments as there are visits at once later, so that the test shows the cap and not how long
 * processes take to start. A few more in each step: 120 processes that start together would keep a small machine busy
 * until their visits time out, and other tests with them.
 */
beforeAll(async () => {
  const plain = await storedLink(dynamodb, await tableName('UrlShortener'))
  for (let visits = 10; visits <= VISITS; visits += 10) {
    await eventually(async () => {
      for (const answer of await visitAtOnce(plain, visits)) answered(302, answer)
    })
  }
})

/** @proves url-shortener/exact-cap */
test.each(
  Array.from({ length: 10 }, (_, round) => round + 1),
)('of 120 concurrent visits to a link capped at 50, exactly 50 are redirected, and the others get 410 (round %d)', async () => {
  // If the engine gave up on a visit, it is unknown whether it was counted. Another link is used then.
  const statuses = await eventually(async () => {
    const code = await storedLink(dynamodb, await tableName('UrlShortener'), { maxClicks: 50 })
    const answers = await visitAtOnce(code)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    return answers.map(({ status }) => status)
  })
  expect(tally(statuses)).toEqual({ 302: 50, 410: 70 })
})

test('visits before the cap was set count, and programs use up none', async () => {
  const code = await storedLink(dynamodb, await tableName('UrlShortener'), { maxClicks: 3, clicks: 1 })
  const headers = VISITORS.bot
  for (let index = 0; index < 3; index += 1) {
    await call(`${api}/${code}`, { method: 'HEAD', headers: VISITORS.person })
    await call(`${api}/${code}`, { headers })
    await call(`${api}/${code}`, { headers: VISITORS.prefetch })
    await call(`${api}/${code}+`, { headers: VISITORS.person })
  }
  const statuses = [await visit(code), await visit(code), await visit(code)].map(({ status }) => status)
  expect(statuses).toEqual([302, 302, 410])
})
