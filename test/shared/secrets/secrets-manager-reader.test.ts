import { secretsManagerReader } from '../../../functions/shared/secrets/secrets-manager-reader.ts'
import { describeError } from '../../../functions/shared/telemetry/describe-error.ts'
import { type Answer, answers, type MisbehavingServer, startServer } from '../../support/misbehaving-server.ts'
import { outcomeOf } from '../resilience/operations.ts'

// Against a real HTTP server that speaks as Secrets Manager does, and misbehaves.

const SECRET_ID = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:Cursor-AbCdEf'
const VALUE = 'the-value-that-nobody-may-see-in-a-log'
const VERSION = { ARN: SECRET_ID, VersionId: 'v2', SecretString: VALUE, CreatedDate: 1_767_323_045.5 }
const NOT_FOUND = {
  __type: 'ResourceNotFoundException',
  Message: 'Secrets Manager can’t find the specified secret value for staging label: AWSPREVIOUS',
}
const environment = { ...process.env }
let server: MisbehavingServer | undefined

afterEach(() => {
  server?.close()
  process.env = { ...environment }
})

async function readerOf(...sequence: [Answer, ...Answer[]]) {
  server = await startServer(...sequence)
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'the-role’s-own-key',
    AWS_SESSION_TOKEN: 'the-session-token',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url,
  })
  return secretsManagerReader({ secretId: SECRET_ID, now: Date.now, random: () => 0 })
}

test.each([
  'AWSCURRENT',
  'AWSPREVIOUS',
] as const)('asks for the version with the label %s of its secret', async (stage) => {
  const read = await readerOf(answers.json(VERSION))
  await read(stage)
  const [request] = server?.requests ?? []
  expect(JSON.parse(request?.body ?? '')).toEqual({ SecretId: SECRET_ID, VersionStage: stage })
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
    authorization: expect.stringContaining('/eu-west-1/secretsmanager/aws4_request'),
  })
})

test('gives the version’s id, its value, and when it was made in milliseconds', async () => {
  const read = await readerOf(answers.json(VERSION))
  expect(await read('AWSCURRENT')).toEqual({ versionId: 'v2', value: VALUE, createdAt: 1_767_323_045_500 })
})

test('a version that does not say when it was made has no such time', async () => {
  const { CreatedDate, ...undated } = VERSION
  const read = await readerOf(answers.json(undated))
  expect(await read('AWSCURRENT')).toStrictEqual({ versionId: 'v2', value: VALUE })
})

test('a secret that was never rotated has no version before: that is no error', async () => {
  const read = await readerOf(answers.json(NOT_FOUND, 400))
  expect(await read('AWSPREVIOUS')).toBeUndefined()
})

test('a secret without a current version is an error', async () => {
  const read = await readerOf(answers.json(NOT_FOUND, 400))
  await expect(read('AWSCURRENT')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test.each([
  'AWSCURRENT',
  'AWSPREVIOUS',
] as const)('a caller who may not read %s gets the refusal, and does not retry', async (stage) => {
  const read = await readerOf(answers.json({ __type: 'AccessDeniedException', Message: 'not authorized' }, 400))
  await expect(read(stage)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  expect(server?.requests).toHaveLength(1)
})

/** Transient failures. */
const FAILURES: [string, Answer][] = [
  ['a failure of the service', answers.json({ __type: 'InternalServiceError' }, 500)],
  ['throttling', answers.json({ __type: 'ThrottlingException' }, 400)],
  ['a reset connection', answers.reset],
  ['an answer that was cut short', answers.text(JSON.stringify(VERSION).slice(0, -30))],
  ['an answer that is garbled', answers.text(`${VALUE} {}`)],
  ['an answer that was lost to a proxy', answers.text('<html>Bad Gateway</html>', 502)],
]

test.each(FAILURES)('%s is tried again', async (_, failure) => {
  const read = await readerOf(failure, answers.json(VERSION))
  expect(await read('AWSCURRENT')).toMatchObject({ versionId: 'v2' })
})

test.each(
  FAILURES,
)('%s for the third time is a retryable AppError, and a version before is not taken for absent', async (_, failure) => {
  const read = await readerOf(failure)
  await expect(read('AWSPREVIOUS')).rejects.toMatchObject({ name: 'AppError', retryable: true })
  expect(server?.requests).toHaveLength(3)
})

test.each<[string, Answer]>([
  ...FAILURES,
  ['a refusal', answers.json({ __type: 'DecryptionFailure', Message: 'no' }, 400)],
])('%s shows nothing of the secret, nor of the credentials', async (_, failure) => {
  const read = await readerOf(failure)
  const outcome = await outcomeOf(read('AWSCURRENT'))
  if (!('error' in outcome)) throw new Error('It did not fail.')
  const shown = JSON.stringify(describeError(outcome.error))
  for (const secret of [VALUE, VALUE.slice(0, 10), 'the-role’s-own-key', 'the-session-token']) {
    expect(shown).not.toContain(secret)
  }
})

test('a call that hangs is left when the caller’s signal aborts', async () => {
  const read = await readerOf(answers.hang)
  const controller = new AbortController()
  const reading = read('AWSCURRENT', controller.signal)
  controller.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
})
