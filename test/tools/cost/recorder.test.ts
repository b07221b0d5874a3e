import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Call } from '../../../tools/cost/capacity.ts'
import { recording } from '../../../tools/cost/recorder.ts'
import type { LocalCloud } from '../../../tools/support/settings.ts'

const ITEMS = [{ pk: { S: 'a' } }, { pk: { S: 'b' } }]

/** An engine with one function and one table; a filter hides the table's second item. */
async function engine() {
  const configured: (string | undefined)[] = []
  const bodies: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const body = JSON.parse(text)
    if (request.url?.includes('/functions/')) {
      configured.push(body.Environment.Variables.AWS_ENDPOINT_URL_DYNAMODB)
      response.end('{}')
      return
    }
    bodies.push(body)
    const isRefused = body.TableName === 'refused'
    const Items = body.FilterExpression === undefined ? ITEMS : ITEMS.slice(0, 1)
    response.writeHead(isRefused ? 400 : 200).end(JSON.stringify(isRefused ? { __type: 'No' } : { Items }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  const endpoint = `http://127.0.0.1:${port}`
  const cloud: LocalCloud = { port, endpoint, given: true, auth: false, directory: 'none' }
  return { cloud, configured, bodies, close }
}

/** Records what a function asks of DynamoDB. */
async function recorded(inputs: { operation: string; input: object }[]) {
  const { cloud, configured, bodies, close } = await engine()
  const calls: Call[] = []
  const functions = [{ FunctionName: 'check', Environment: { Variables: { TABLE_NAME: 'limits' } } }]
  try {
    const answers = await recording({ cloud, functions, onCall: (call) => calls.push(call) }, async () => {
      const url = String(configured.at(-1))
      return Promise.all(
        inputs.map(async ({ operation, input }) => {
          const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` }
          const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) })
          return { status: answer.status, json: await answer.json() }
        }),
      )
    })
    return { answers, calls, configured, bodies }
  } finally {
    close()
  }
}

test('functions call the recorder while it records, and the engine again afterwards', async () => {
  const { configured } = await recorded([])
  expect(configured).toStrictEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), undefined])
})

test('functions call the engine again when the work fails', async () => {
  const { cloud, configured, close } = await engine()
  const functions = [{ FunctionName: 'check' }]
  const failing = recording({ cloud, functions, onCall: () => undefined }, () => Promise.reject(new Error('failed')))
  await expect(failing).rejects.toThrow('failed')
  expect(configured.at(-1)).toBeUndefined()
  close()
})

test('a call is answered by the engine, and recorded with what it consumed', async () => {
  const { answers, calls, bodies } = await recorded([{ operation: 'GetItem', input: { TableName: 'limits' } }])
  expect(bodies).toEqual([{ TableName: 'limits', ReturnConsumedCapacity: 'INDEXES' }])
  expect(answers).toEqual([{ status: 200, json: { Items: ITEMS } }])
  expect(calls).toEqual([{ operation: 'GetItem', input: { TableName: 'limits' }, output: { Items: ITEMS } }])
})

test('a query with a filter is answered as it was asked, and recorded with what the filter hid', async () => {
  const input = { TableName: 'limits', FilterExpression: 'attribute_exists(a)', Limit: 2 }
  const { answers, calls } = await recorded([{ operation: 'Query', input }])
  expect(answers).toEqual([{ status: 200, json: { Items: ITEMS.slice(0, 1) } }])
  expect(calls).toEqual([{ operation: 'Query', input: { TableName: 'limits', Limit: 2 }, output: { Items: ITEMS } }])
})

test('a refusal reaches the function, and is recorded', async () => {
  const { answers, calls } = await recorded([{ operation: 'UpdateItem', input: { TableName: 'refused' } }])
  expect(answers).toEqual([{ status: 400, json: { __type: 'No' } }])
  expect(calls).toMatchObject([{ operation: 'UpdateItem', output: { __type: 'No' } }])
})
