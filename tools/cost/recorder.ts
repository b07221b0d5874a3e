import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FunctionConfiguration, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import type { Call } from './capacity.ts'

export interface RecordingOptions {
  readonly cloud: LocalCloud
  readonly functions: readonly FunctionConfiguration[]
  readonly onCall: (call: Call) => void
}

/**
 * Routes the functions' calls of DynamoDB through this process while `work` runs, and records each answer. Afterwards
 * the functions' configuration is restored.
 */
export async function recording<T>({ cloud, functions, onCall }: RecordingOptions, work: () => Promise<T>): Promise<T> {
  const server = createServer(async (request, response) => {
    const { status, text } = await forward(cloud, request, onCall)
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const lambda = new LambdaClient(clientConfig(cloud))
  const configure = async (more: Record<string, string>) => {
    for (const { FunctionName, Environment } of functions) {
      const Variables = { ...Environment?.Variables, ...more }
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }))
    }
  }
  try {
    await configure({ AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    return await work()
  } finally {
    await configure({})
    lambda.destroy()
    server.closeAllConnections()
    server.close()
  }
}

/** Forwards the call, and records it. */
async function forward(
  { endpoint }: LocalCloud,
  request: IncomingMessage,
  onCall: (call: Call) => void,
): Promise<{ status: number; text: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const input = JSON.parse(Buffer.concat(chunks).toString())
  const target = String(request.headers['x-amz-target'])
  const send = senderOf(endpoint, { target, authorization: request.headers.authorization ?? '' })
  const answer = await send(input)
  const { FilterExpression, ...unfiltered } = input
  // A query is charged for what its filter hides, too: read without it.
  const charged = FilterExpression === undefined ? answer : await send(unfiltered)
  onCall({ operation: target.split('.')[1] ?? '', input: unfiltered, output: JSON.parse(charged.text) })
  return answer
}

/** Sends a call to the engine. The signature no longer matches the body, which only an engine that enforces IAM checks. */
function senderOf(endpoint: string, { target, authorization }: { target: string; authorization: string }) {
  return async (input: object) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, authorization },
      body: JSON.stringify({ ...input, ReturnConsumedCapacity: 'INDEXES' }),
    })
    return { status: answer.status, text: await answer.text() }
  }
}
