import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { unitsOf } from '../../cost/capacity.ts'

/** Calls of the store since the last reading. */
export interface Metered {
  calls: number
  /** Request units of DynamoDB; not a number for another store. */
  units: number
}

/** Adds up the calls of a store. */
export interface Meter {
  /** Reads the meter, and sets it to zero. */
  take: () => Promise<Metered>
  close: () => void
}

/** An endpoint that forwards DynamoDB's calls and adds up their cost. */
export async function meteredEndpoint(endpoint: string): Promise<Meter & { endpoint: string }> {
  const metered: Metered = { calls: 0, units: 0 }
  const server = createServer(async (request, response) => {
    const { status, text, units } = await pass(endpoint, request)
    metered.calls += 1
    metered.units += units
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async take() {
      const taken = { ...metered }
      Object.assign(metered, { calls: 0, units: 0 })
      return taken
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

async function pass(endpoint: string, request: IncomingMessage) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const input = JSON.parse(Buffer.concat(chunks).toString())
  const target = String(request.headers['x-amz-target'])
  // A failed conditional write costs as much as the existing item.
  const more = { ReturnConsumedCapacity: 'TOTAL', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: request.headers.authorization ?? '',
    },
    body: JSON.stringify({ ...input, ...(target.endsWith('.UpdateItem') && more) }),
  })
  const text = await answer.text()
  const { read, write } = unitsOf({ operation: target.split('.')[1] ?? '', input, output: JSON.parse(text) })
  return { status: answer.status, text, units: read + write }
}
