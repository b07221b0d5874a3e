import { managementOfEnvironment } from '../../../functions/shared/http/management-environment.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { clientOf } from '../../support/fake-dynamodb.ts'

const saved = { ...process.env }
const VARIABLES = {
  TIMEOUT_MS: '10000',
  TENANT_WRITES_PER_SECOND: '50',
  HTTP_ROUTES: 'GET /v1/notes,$default',
  SIGNING_SECRET: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:notes',
}

beforeEach(() => {
  Object.assign(process.env, VARIABLES)
})

afterEach(() => {
  process.env = { ...saved }
})

const { now } = fakeClock()
const table = { client: clientOf(async () => ({}) as never), tableName: 'notes' }
const read = () => managementOfEnvironment({ table, now, random: () => 0 })

test('an operation may be taken over a second after the function that ran it is certainly dead', () => {
  expect(read().operations.leaseMs).toBe(11_000)
})

test('the routes and the limit of writes are those that the stack set', () => {
  expect(read()).toMatchObject({ routeKeys: ['GET /v1/notes', '$default'], perSecond: 50, tenancy: 'multi', now })
})

test.each(Object.keys(VARIABLES))('it fails while the function starts without %s', (name) => {
  delete process.env[name]
  expect(read).toThrow(name)
})
