import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { apiUrl, patientDynamoDB, sdkConfig, setFunctionEnvironment, tableName } from '../support/cloud.ts'
import { call } from '../support/http.ts'
import { VISITORS } from './a-visit.ts'
import { DEADLINE, physicalId, until } from './deployed.ts'
import { storedLink } from './stored-link.ts'

setFunctionEnvironment()
const api = apiUrl('UrlShortener')
const dynamodb = patientDynamoDB()
const lambda = new LambdaClient(sdkConfig)
let restore = async () => {}

afterEach(() => restore())

/** Gives the redirect function a variable more; `restore` takes it away. */
async function withVariable(name: string, value: string): Promise<void> {
  const FunctionName = await physicalId('AWS::Lambda::Function', 'RedirectFunction')
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const Variables = Environment?.Variables ?? {}
  const set = (variables: Record<string, string>) =>
    lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: variables } }))
  restore = async () => void (await set(Variables))
  await set({ ...Variables, [name]: value })
}

/** Of each environment's reads the first so many succeed, a millisecond late. */
function readsFailAfter(times: number): string {
  const operation = 'dynamodb.GetItem'
  return JSON.stringify([
    { operation, rate: 1, latencyMs: 1, times },
    { operation, rate: 1, error: 'server' },
  ])
}

test(
  'while the table can’t be read, a link that was seen is served, and one with a cap or a password is 503',
  async () => {
    const table = await tableName('UrlShortener')
    const codes = await Promise.all(
      [{}, { maxClicks: 50 }, { passwordId: 'p1' }].map((one) => storedLink(dynamodb, table, one)),
    )
    const visits = async () => {
      const statuses: number[] = []
      for (const code of codes) statuses.push((await call(`${api}/${code}`, { headers: VISITORS.person })).status)
      return statuses
    }
    // A new environment warms up by one read, and reads each link once.
    await withVariable('FAULTS', readsFailAfter(1 + codes.length))
    expect(await visits()).toEqual([302, 302, 200])
    expect(await until(visits, ([, capped]) => capped === 503)).toEqual([302, 503, 503])
  },
  2 * DEADLINE,
)
