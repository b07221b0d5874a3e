import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadPeer, PEER_VERSION } from '../../tools/bench/rate-limit/contenders.ts'
import { meteredEndpoint } from '../../tools/bench/rate-limit/metered-endpoint.ts'
import { UserError } from '../../tools/user-error.ts'

test('without the package to compare with, the bench says how to get it', async () => {
  const loading = loadPeer('no-such-package')
  await expect(loading).rejects.toThrow(`"npm install --no-save no-such-package@${PEER_VERSION}"`)
  await expect(loading).rejects.toBeInstanceOf(UserError)
})

test('a package that fails by itself is no missing one', async () => {
  await expect(loadPeer('data:text/javascript,throw new Error("broken")')).rejects.toThrow('broken')
})

test('what is asked of DynamoDB is passed on and added up, refused writes by what they met', async () => {
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
    expect(metered.take()).toEqual({ calls: 2, units: 3 })
    expect(metered.take()).toEqual({ calls: 0, units: 0 })
    expect(asked[0]).toContain('"Key":"a","ReturnConsumedCapacity":"TOTAL"')
  } finally {
    metered.close()
    engine.closeAllConnections()
    engine.close()
  }
})
