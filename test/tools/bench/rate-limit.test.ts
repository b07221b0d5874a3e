import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contenders } from '../../../tools/bench/rate-limit/contenders.ts'
import { meteredEndpoint } from '../../../tools/bench/rate-limit/metered-endpoint.ts'
import { scriptsIn } from '../../../tools/bench/rate-limit/metered-redis.ts'
import { withRedis } from '../../../tools/bench/rate-limit/redis-server.ts'
import { isAlive } from '../../../tools/support/processes.ts'
import { eventually } from '../../support/eventually.ts'

test('calls of DynamoDB are forwarded and their costs added up, failed writes by the size of the existing item', async () => {
  const asked: string[] = []
  const engine = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${request.headers['x-amz-target']} ${body}`)
    const isRefused = body.includes('refuse')
    const answer = isRefused ? { Item: { pk: { S: 'x'.repeat(1500) } } } : { ConsumedCapacity: { CapacityUnits: 1 } }
    response.writeHead(isRefused ? 400 : 200).end(JSON.stringify(answer))
  }).listen(0, '127.0.0.1')
  await once(engine, 'listening')
  const metered = await meteredEndpoint(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`)
  try {
    const ask = async (Key: string) => {
      const headers = { 'x-amz-target': 'DynamoDB_20120810.UpdateItem' }
      const { status } = await fetch(metered.endpoint, { method: 'POST', headers, body: JSON.stringify({ Key }) })
      return status
    }
    expect([await ask('a'), await ask('refuse')]).toEqual([200, 400])
    expect(await metered.take()).toEqual({ calls: 2, units: 3 })
    expect(await metered.take()).toEqual({ calls: 0, units: 0 })
    expect(asked[0]).toContain('"Key":"a","ReturnConsumedCapacity":"TOTAL"')
  } finally {
    metered.close()
    engine.closeAllConnections()
    engine.close()
  }
})

test('without a Redis server the limiter that needs one is left out', () => {
  expect(contenders({ redis: 'redis://127.0.0.1:1' })).toContain('flexible-redis')
  expect(contenders({})).not.toContain('flexible-redis')
  expect(contenders({})).toContain('flexible-dynamodb')
})

test('the scripts of a Redis server are counted, and not the commands in them', () => {
  const report = ['# Commandstats', 'cmdstat_evalsha:calls=12,usec=9', 'cmdstat_eval:calls=1,usec=9']
  expect(scriptsIn([...report, 'cmdstat_incrby:calls=13,usec=4'].join('\r\n'))).toBe(13)
  expect(scriptsIn('# Commandstats')).toBe(0)
})

describe('a Redis server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'redis-'))
  const command = join(directory, 'redis-server')
  afterAll(() => rmSync(directory, { recursive: true }))

  /** Writes a program in its place, which notes its process and its arguments. */
  const install = (script: string) => {
    writeFileSync(command, `#!/bin/sh\necho "$$ $@" > ${directory}/started\n${script}`, { mode: 0o755 })
  }
  const started = () => readFileSync(join(directory, 'started'), 'utf8').trim().split(' ')

  test('runs on loopback and without a disk while the work runs, and no longer', async () => {
    install('echo starting; echo "Ready to accept connections tcp"; exec sleep 60')
    const url = await withRedis(async (given) => given, command)
    const [pid, ...args] = started()
    const port = args[args.indexOf('--port') + 1]
    expect(url).toBe(`redis://127.0.0.1:${port}`)
    expect(args.join(' ')).toBe(`--bind 127.0.0.1 --port ${port} --save  --appendonly no`)
    await eventually(async () => expect(isAlive(Number(pid))).toBe(false))
  })

  test('ends when the work fails', async () => {
    install('echo "Ready to accept connections tcp"; exec sleep 60')
    await expect(withRedis(() => Promise.reject(new Error('failed')), command)).rejects.toThrow('failed')
    await eventually(async () => expect(isAlive(Number(started()[0]))).toBe(false))
  })

  test('is done without where none is installed', async () => {
    expect(await withRedis(async (url) => [url], join(directory, 'nothing'))).toEqual([undefined])
  })
})
