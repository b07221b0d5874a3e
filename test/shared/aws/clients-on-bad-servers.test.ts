import { type ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { isRefusal } from '../../../functions/shared/aws/call-errors.ts'
import type { CallOptions } from '../../../functions/shared/aws/create-send.ts'
import { createDynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { describeError } from '../../../functions/shared/telemetry/describe-error.ts'
import { Disturbed } from '../../support/eventually.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { SERVICE_CLIENTS, type ServiceClient } from '../../support/service-clients.ts'
import { undisturbed } from '../../support/undisturbed.ts'
import { outcomeOf } from '../resilience/operations.ts'

// The SDK's real clients, as functions make them, against a real HTTP server that misbehaves.

const saved = { ...process.env }
const SECRET = 'what-no-log-may-hold'
let server: MisbehavingServer | undefined

afterEach(() => {
  server?.close()
  process.env = { ...saved }
})

/** A call of the client's one command to a server that answers so, in turn. */
async function callOn({ variable, create, command }: ServiceClient, ...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the-secret-access-key',
    AWS_SESSION_TOKEN: 'the-session-token',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    [`AWS_ENDPOINT_URL_${variable}`]: server.url,
  })
  const client = create({ now: Date.now, random: () => 0, tryMs: 5000 })
  return (options?: CallOptions) => client.send(command(), options)
}

describe.each(SERVICE_CLIENTS)('the client of $service', (one) => {
  const { service, operation, body, target, version, answer } = one
  const [sent, received] = answer

  test('sends the input as JSON to its operation, and gives the answer', async () => {
    const call = await callOn(one, answers.json(sent))
    expect(await call()).toMatchObject(received)
    const [request] = server?.requests ?? []
    expect(JSON.parse(request?.body ?? '')).toEqual(body)
    expect(request?.headers).toMatchObject({
      'content-type': `application/x-amz-json-${version}`,
      'x-amz-target': target,
    })
  })

  test('signs for its service and region, the session token included', async () => {
    const call = await callOn(one, answers.json(sent))
    await call()
    const headers = server?.requests[0]?.headers
    expect(headers?.['x-amz-security-token']).toBe('the-session-token')
    const scope = `Credential=AKIDEXAMPLE/\\d{8}/eu-west-1/${service}/aws4_request`
    expect(headers?.authorization).toMatch(
      new RegExp(`^AWS4-HMAC-SHA256 ${scope}, SignedHeaders=[^ ]*x-amz-security-token[^ ]*, Signature=[0-9a-f]{64}$`),
    )
  })

  test('keeps its connection for the next call', async () => {
    const call = await callOn(one, answers.json(sent))
    await call()
    await call()
    const [first, second] = server?.requests ?? []
    expect(second?.socket).toBe(first?.socket)
  })

  test('passes a refusal on as the SDK’s exception, and does not try again', async () => {
    const call = await callOn(one, answers.json({ __type: 'AccessDeniedException', message: 'not you' }, 400))
    const { error } = (await outcomeOf(call())) as { error: unknown }
    expect(isRefusal(error, 'AccessDeniedException')).toBe(true)
    expect(error).toMatchObject({ message: 'not you', $metadata: { httpStatusCode: 400 } })
    expect(server?.requests).toHaveLength(1)
  })

  const FAILURES: [string, Answer][] = [
    ['a failure of the service', answers.json({ __type: 'InternalServerError' }, 500)],
    ['throttling', answers.json({ __type: 'ThrottlingException' }, 400)],
    ['throttling by status alone', answers.json({}, 429)],
    ['a page of a proxy', answers.text(`<html>${SECRET}</html>`, 502)],
    ['a page of a proxy that claims success', answers.text(`<html>${SECRET}</html>`)],
    ['an answer that was cut short', answers.text(`{"SecretString":"${SECRET}`)],
    ['an answer that goes on', answers.text(`${JSON.stringify({ SecretString: SECRET })} {}`)],
    ['a reset connection', answers.reset],
  ]

  test.each(FAILURES)('tries again after %s', async (_, failure) => {
    const call = await callOn(one, failure, answers.json(sent))
    expect(await call()).toMatchObject(received)
    expect(server?.requests).toHaveLength(2)
  })

  test.each(
    FAILURES,
  )('gives up after %s for the third time, with an error that may pass and shows no answer', async (_, failure) => {
    const call = await callOn(one, failure)
    const { error } = (await outcomeOf(call())) as { error: unknown }
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'dependency-failed',
      retryable: true,
      cause: expect.any(Error),
    })
    expect(server?.requests).toHaveLength(3)
    const shown = JSON.stringify(describeError(error))
    for (const secret of [SECRET, 'the-secret-access-key', 'the-session-token']) expect(shown).not.toContain(secret)
  })

  test.each(FAILURES)('does not try again after %s where its caller must not', async (_, failure) => {
    const call = await callOn(one, failure)
    await expect(call({ once: true })).rejects.toMatchObject({ code: 'dependency-failed' })
    expect(server?.requests).toHaveLength(1)
  })

  test('takes a host that refuses connections for a failure that may pass', async () => {
    const call = await callOn(one, answers.hang)
    server?.close()
    await expect(call({ once: true })).rejects.toMatchObject({ code: 'dependency-failed', retryable: true })
  })

  test.each<[string, Answer]>([
    ['never answers', answers.hang],
    ['stalls within a body', answers.stall],
  ])('leaves a server that %s when the time is up, and its connection with it', async (_, answer) => {
    const socket = await undisturbed(
      async (triesBefore) => {
        server?.close()
        const call = await callOn(one, answer)
        const onceMs = 100 * 2 ** triesBefore
        await expect(call({ once: true, onceMs })).rejects.toMatchObject({ code: 'timed-out', retryable: true })
        const [request] = server?.requests ?? []
        if (!request) throw new Disturbed('The time was up before the request had come to the server.')
        return request.socket
      },
      { maxTries: 6 },
    )
    if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
    expect(socket.destroyed).toBe(true)
  })

  test('rejects with its caller’s own reason when that gives up', async () => {
    const call = await callOn(one, answers.hang)
    const controller = new AbortController()
    const calling = call({ signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(calling).rejects.toThrow('enough')
  })

  test('fails on purpose where FAULTS names its operation', async () => {
    process.env.FAULTS = JSON.stringify([{ operation: `${service}.${operation}`, rate: 1, error: 'throttle' }])
    const call = await callOn(one, answers.json(sent))
    await expect(call()).rejects.toMatchObject({ cause: { name: 'ThrottlingException' } })
    expect(server?.requests).toEqual([])
  })
})

test('a condition that fails comes with the item that is there', async () => {
  const [dynamodb] = SERVICE_CLIENTS
  if (!dynamodb) throw new Error('There is no client of DynamoDB.')
  const name = 'ConditionalCheckFailedException'
  const refused = answers.json({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, Item: { n: { N: '1' } } }, 400)
  await callOn(dynamodb, refused)
  const client = createDynamoDB({ now: Date.now, random: () => 0 })
  const { error } = (await outcomeOf(client.send(new PutItemCommand({ TableName: 'links', Item: {} })))) as {
    error: unknown
  }
  expect(isRefusal<ConditionalCheckFailedException>(error, name) && error.Item).toEqual({ n: { N: '1' } })
})

test('a request that cannot be written is not a failure of the service', async () => {
  const [dynamodb] = SERVICE_CLIENTS
  if (!dynamodb) throw new Error('There is no client of DynamoDB.')
  await callOn(dynamodb, answers.json({}))
  const client = createDynamoDB({ now: Date.now, random: () => 0 })
  const odd = {
    TableName: 'links',
    get Item(): never {
      throw new TypeError('odd')
    },
  }
  await expect(client.send(new PutItemCommand(odd))).rejects.toThrow(TypeError)
  expect(server?.requests).toEqual([])
})
