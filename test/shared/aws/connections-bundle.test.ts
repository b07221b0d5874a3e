import { bundle, lambdaEnvironment, run } from '../../support/bundled-programs.ts'
import { commandsOfClients } from '../../support/commands-in.ts'
import type { ConnectionOperation } from '../../support/connection-operations.ts'
import { answers, startServer } from '../../support/misbehaving-server.ts'

test('no call to a connection needs what the stubs of the SDK leave out, nor any file of settings', async () => {
  await bundle('connections', { file: 'test/support/connection-operations.ts' })
  const server = await startServer(answers.json({}))
  try {
    const answered: Record<ConnectionOperation, string> = {
      PostToConnection: 'answered',
      GetConnection: 'answered',
      DeleteConnection: 'answered',
    }
    expect(Object.keys(answered)).toEqual(expect.arrayContaining(commandsOfClients('connections')))
    expect(JSON.parse(await run('connections', lambdaEnvironment(server.url)))).toEqual(answered)
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(
      ['POST', 'GET', 'DELETE'].map((method) => `${method} /@connections/a-connection`),
    )
  } finally {
    server.close()
  }
})
