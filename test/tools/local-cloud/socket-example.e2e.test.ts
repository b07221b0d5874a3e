import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { createTickets } from '../../../functions/shared/auth/tickets.ts'
import { socketLine } from '../../../tools/local-cloud/examples.ts'
import { ROOT } from '../../../tools/support/settings.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { useServers } from '../../support/servers.ts'
import { useWebSocketStack } from '../../support/websocket-stack.ts'

setFunctionEnvironment()
const client = patientDynamoDB()
const stack = useWebSocketStack()
const serve = useServers()

test('the printed line gets a ticket, sends its frame, and prints the ack', async () => {
  const { url, tableName } = stack()
  const tickets = createTickets({ client, tableName, now: Date.now, randomBytes })
  const holder = { tenant: 'acme', user: "o'user", scopes: new Set<string>() }
  const ticket = await tickets.issue(holder, new AbortController().signal)
  const server = await serve(({ method }) => ({
    status: method === 'POST' ? 200 : 405,
    body: JSON.stringify({ ticket }),
  }))
  const frame = { v: 1, action: 'who', id: "it's me" } as const
  const line = socketLine({ title: 'Who am I?', ticketUrl: `${server.url}/v1/ws-ticket`, frame }, url, 'a-token')
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: ROOT, timeout: 60_000 })
  expect(line).not.toContain('\n')
  expect(JSON.parse(stdout)).toMatchObject({ t: 'ack', id: "it's me", ok: true, user: "o'user" })
})
