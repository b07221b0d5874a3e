import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contenders } from '../../../tools/bench/rate-limit/contenders.ts'
import { meteredEndpoint } from '../../../tools/bench/rate-limit/metered-endpoint.ts'
import { scriptsIn } from '../../../tools/bench/rate-limit/metered-redis.ts'

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
