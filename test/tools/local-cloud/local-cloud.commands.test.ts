import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { DescribeContinuousBackupsCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { decodeJwt } from 'jose'
import { isAlive } from '../../../tools/support/processes.ts'
import { clientConfig, localCloud } from '../../../tools/support/settings.ts'
import { freePort } from '../../../tools/test/free-port.ts'
import { Checkout } from '../../support/checkout.ts'
import { eventually } from '../../support/eventually.ts'
import { answered, call } from '../../support/http.ts'

/** A user's session with the commands, in order: each test continues where the previous one stopped. */
describe('npm start, a second time, after a change, after down', () => {
  const checkout = new Checkout()
  const env: NodeJS.ProcessEnv = {}
  let api = ''

  beforeAll(async () => {
    env.STACKYARD_PORT = String(await freePort())
  })
  afterAll(async () => {
    await checkout.run(['down'], env)
    checkout.remove()
  })

  const run = async (...args: string[]) => {
    const result = await checkout.run(args, env)
    expect([result.code, result.stderr]).toEqual([0, ''])
    return result.stdout
  }
  const outputs = () => JSON.parse(readFileSync(checkout.path('.local/outputs.json'), 'utf8'))
  const enginePid = (): number =>
    JSON.parse(readFileSync(checkout.path(`.local/${env.STACKYARD_PORT}/engine.json`), 'utf8')).pid
  const token = async (...args: string[]) => (await run('token', '--sub', 'user-1', ...args)).trim()

  /** Returns the logical ids of functions, with the time of the last change of their code. */
  const functionChanges = async () => {
    const client = new LambdaClient(clientConfig(localCloud(env)))
    const { Functions = [] } = await client.send(new ListFunctionsCommand({}))
    client.destroy()
    return Object.fromEntries(Functions.map(({ FunctionName, CodeSha256 }) => [FunctionName, CodeSha256]))
  }

  test('start deploys, writes outputs.json and prints curl lines that work when pasted', async () => {
    const stdout = await run('start')
    api = outputs().stacks.UrlShortener.apiUrl
    expect(outputs()).toMatchObject({
      endpoint: `http://127.0.0.1:${env.STACKYARD_PORT}`,
      region: 'us-east-1',
      stacks: { UrlShortener: { apiUrl: api, AlarmTopic: expect.stringMatching(/^arn:aws:sns:/) } },
    })
    const lines = stdout.split('\n').filter((line) => line.trim().startsWith('curl ') && line.includes(api))
    const statuses = lines.map(
      (line) =>
        execFileSync('sh', ['-c', `${line} -s`])
          .toString()
          .split('\r\n', 1)[0],
    )
    expect(statuses).toEqual(['HTTP/1.1 201 Created', 'HTTP/1.1 302 Found', 'HTTP/1.1 200 OK'])
  })

  test('a token has the requested claims, for an hour, and no tenant unless one is given', async () => {
    const claims = decodeJwt(await token('--tenant', 'acme', '--scope', 'links:read links:write'))
    expect(claims).toMatchObject({ sub: 'user-1', tenant: 'acme', scope: 'links:read links:write' })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600)
    expect(decodeJwt(await token('--scope', 'links:read'))).not.toHaveProperty('tenant')
  })

  test('properties that the engine drops from a template are configured after the deployment', async () => {
    const client = new DynamoDBClient(clientConfig(localCloud(env)))
    const { TableNames = [] } = await client.send(new (await import('@aws-sdk/client-dynamodb')).ListTablesCommand({}))
    const TableName = TableNames[0]
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName }))
    expect(ttl.TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' })
    const backups = await client.send(new DescribeContinuousBackupsCommand({ TableName }))
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
      PointInTimeRecoveryStatus: 'ENABLED',
    })
    client.destroy()
  })

  test('a second up redeploys nothing that is unchanged, in the same process', async () => {
    const before = [enginePid(), await functionChanges()]
    await run('up')
    expect(readFileSync(checkout.path(`.local/${env.STACKYARD_PORT}/deploy.log`), 'utf8')).toContain('(no changes)')
    expect([enginePid(), await functionChanges()]).toEqual(before)
  })

  test('a change of one function replaces only that function, and the data stays, also after down', async () => {
    const write = await token('--tenant', 'acme', '--scope', 'links:write')
    const link = { method: 'POST', token: write, body: { url: 'https://example.com/kept', alias: 'kept' } }
    answered(201, await call(`${api}/v1/links`, link))
    const before = await functionChanges()

    const pid = enginePid()
    await run('down')
    expect(isAlive(pid)).toBe(false)
    await expect(fetch(api)).rejects.toThrow()

    const handler = checkout.path('functions/url-shortener/redirect.handler.ts')
    writeFileSync(handler, readFileSync(handler, 'utf8').replace('noindex', 'noindex, nofollow'))
    await run('up')
    const changed = Object.entries(await functionChanges()).filter(([name, hash]) => before[name] !== hash)
    expect(changed.map(([name]) => name)).toEqual([expect.stringContaining('Redirect')])
    const { status, headers } = await call(`${api}/kept`)
    expect([status, headers.get('x-robots-tag')]).toEqual([302, 'noindex, nofollow'])
  })

  test('after down and up, changes are published as events again', async () => {
    const write = await token('--tenant', 'acme', '--scope', 'links:write')
    const link = { method: 'POST', token: write, body: { url: 'https://example.com/' } }
    const { headers } = answered(201, await call(`${api}/v1/links`, link))
    const id = headers.get('x-request-id') ?? ''
    await eventually(async () => expect(await run('logs', '--trace', id)).toMatch(/\/Publisher .* event published/))
  })

  test('status shows what is running and where; logs shows a function’s lines, and those of one request', async () => {
    expect(await run('status')).toContain(api)
    const { headers } = answered(302, await call(`${api}/kept`))
    const id = headers.get('x-request-id') ?? ''
    // The engine stores the lines of an invocation when it has ended, which may be after its answer.
    await eventually(async () => {
      const lines = (await run('logs', 'redirect')).trim().split('\n')
      const line = new RegExp(`UrlShortener/Redirect .*"correlation_id":"${id}"`)
      expect(lines).toContainEqual(expect.stringMatching(line))
    })
    const lines = (await run('logs', '--trace', id)).trim().split('\n')
    expect(lines).toEqual([expect.stringMatching(/UrlShortener\/Redirect +INFO +invocation .* http_status=302/)])
    expect(lines[0]).toContain(`correlation_id=${id}`)
  })

  test('a given endpoint is used for the deployment, and nothing is started', async () => {
    const port = String(await freePort())
    const given = { STACKYARD_PORT: port, AWS_ENDPOINT_URL: `http://127.0.0.1:${env.STACKYARD_PORT}` }
    const { code, stdout } = await checkout.run(['up', 'UrlShortener'], given)
    expect(code).toBe(0)
    expect(stdout).not.toContain('Starting')
    expect(() => readFileSync(checkout.path(`.local/${port}/engine.json`))).toThrow()
    await run('up')
  })

  test('reset empties the tables; stacks, issuer and keys stay', async () => {
    const write = await token('--tenant', 'acme', '--scope', 'links:write')
    await run('reset')
    // A function may cache a link for some seconds.
    await eventually(async () => answered(404, await call(`${api}/kept`)))
    const link = { method: 'POST', token: write, body: { url: 'https://example.com/', alias: 'kept' } }
    answered(201, await call(`${api}/v1/links`, link))
  })
})
