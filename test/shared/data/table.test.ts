import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { tableOfEnvironment } from '../../../functions/shared/data/table.ts'
import { answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const saved = { ...process.env }
const NOTE = { pk: { S: 'a' } }
let server: MisbehavingServer

beforeEach(async () => {
  server = await startServer(answers.json({ __type: 'InternalServerError' }, 500))
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the-secret-access-key',
    AWS_ENDPOINT_URL_DYNAMODB: server.url,
    TABLE_NAME: 'notes',
    // A busy machine must not turn a failure of the service into a timeout.
    TRY_MS: '5000',
  })
})

afterEach(() => {
  server.close()
  process.env = { ...saved }
})

/** Creates the table with a clock and randomness that count how often they are asked, and a log that is kept. */
function world() {
  const asked = { now: 0, random: 0 }
  const { telemetry, lines } = recordedTelemetry()
  const table = tableOfEnvironment({
    now: () => ++asked.now,
    random() {
      asked.random += 1
      return 0
    },
    logger: telemetry.logger,
  })
  return { ...table, asked, lines }
}

test('the table is the one that the stack names', () => {
  expect(world().tableName).toBe('notes')
})

test('a table without a name fails while the function starts', () => {
  delete process.env.TABLE_NAME
  expect(world).toThrow('TABLE_NAME')
})

test('the client retries by the clock and the randomness of the function, and logs that it gave up', async () => {
  const { client, tableName, asked, lines } = world()
  await expect(client.send(new GetItemCommand({ TableName: tableName, Key: NOTE }))).rejects.toMatchObject({
    code: 'dependency-failed',
  })
  expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual(Array(3).fill({ TableName: 'notes', Key: NOTE }))
  expect(asked).toEqual({ now: expect.any(Number), random: 2 })
  expect(asked.now).toBeGreaterThan(0)
  expect(lines).toMatchObject([{ level: 'WARN', message: 'dynamodb gave-up', attempt: 3 }])
})
