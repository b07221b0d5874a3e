import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { clientConfig, type LocalCloud } from '../local-cloud/settings.ts'
import { stackResources } from '../local-cloud/stacks.ts'
import type { Call } from './capacity.ts'

/**
 * Lets a stack's functions call DynamoDB through this process while `work` runs, and gives it every call as it is
 * answered. The functions are configured for it, and afterwards as before. Those of a queue or a stream are left out:
 * what they do comes at a time of its own.
 *
 * @returns what `work` returns, and the most memory that one of the functions has, in MB.
 */
export async function recording<T>(
  { cloud, stack, onCall }: { cloud: LocalCloud; stack: string; onCall: (call: Call) => void },
  work: () => Promise<T>,
): Promise<{ result: T; memory: number }> {
  const server = createServer(async (request, response) => {
    const { status, text } = await forward(cloud, request, onCall)
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const lambda = new LambdaClient(clientConfig(cloud))
  const resources = await stackResources(cloud, stack)
  const names = resources.filter(({ type }) => type === 'AWS::Lambda::Function').map(({ physicalId }) => physicalId)
  const unlessMapped = async (FunctionName: string) => {
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }))
    return EventSourceMappings.length === 0 ? [FunctionName] : []
  }
  const served = (await Promise.all(names.map(unlessMapped))).flat()
  const functions = await Promise.all(
    served.map((FunctionName) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
  )
  const configure = async (more: Record<string, string>) => {
    for (const { FunctionName, Environment } of functions) {
      const Variables = { ...Environment?.Variables, ...more }
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }))
    }
  }
  try {
    await configure({ AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const memory = Math.max(...functions.map(({ MemorySize = 0 }) => MemorySize))
    return { result: await work(), memory }
  } finally {
    await configure({})
    lambda.destroy()
    server.closeAllConnections()
    server.close()
  }
}

/** The signature no longer fits the body, which only an engine that enforces IAM would mind. */
async function forward(
  { endpoint }: LocalCloud,
  request: IncomingMessage,
  onCall: (call: Call) => void,
): Promise<{ status: number; text: string }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const input = JSON.parse(Buffer.concat(chunks).toString())
  const target = String(request.headers['x-amz-target'])
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      authorization: request.headers.authorization ?? '',
    },
    body: JSON.stringify({ ...input, ReturnConsumedCapacity: 'INDEXES' }),
  })
  const text = await answer.text()
  onCall({ operation: target.split('.')[1] ?? '', input, output: JSON.parse(text) })
  return { status: answer.status, text }
}
