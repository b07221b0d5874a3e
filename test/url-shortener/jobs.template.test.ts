import { JOB_KEPT_MS } from '../../functions/url-shortener/domain/job.ts'
import { fileOf } from '../../functions/url-shortener/domain/job-files.ts'
import { MESSAGE_MS } from '../../functions/url-shortener/job-steps.ts'
import { jobKey } from '../../functions/url-shortener/store/keys.ts'
import { functionOf, grantsOf, tableActionsOf, tableGrantsOf, variableOf } from '../support/grants.ts'
import { at, ofType, stackOf, stacksWith } from '../support/templates.ts'

const stack = stackOf(stacksWith({}), 'UrlShortener')
const [api, runner] = ['Jobs', 'RunJobs'].map((name) => functionOf(stack, name))
if (!api || !runner) throw new Error('There are no jobs.')
const bucketGrants = (fn: typeof api) =>
  grantsOf(stack, fn).flatMap(({ actions, resources }) =>
    actions
      .filter((action) => /^s3:.*Object/.test(action))
      .map((action) => `${action} ${JSON.stringify(resources).replace(/.*"\/([^"]*)".*/, '$1')}`),
  )

test('the API of jobs may write jobs, counters and answered requests, and read no link', () => {
  expect(tableGrantsOf(stack, api)).toEqual([
    {
      actions: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      keys: ['J#*', 'I#*'],
    },
    { actions: ['dynamodb:GetItem'], keys: ['L#'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], keys: ['Q*'] },
  ])
  expect(jobKey('x', 'import').pk?.S).toBe('J#x')
})

test('a signed URL can upload imports and download exports, and nothing else', () => {
  expect(bucketGrants(api).sort()).toEqual(['s3:GetObject exports/*', 's3:PutObject imports/*'])
  expect([fileOf('import', 'x'), fileOf('export', 'x')]).toEqual(['imports/x.csv', 'exports/x.csv'])
})

test('the steps of jobs may create links and list those of a tenant, and delete nothing', () => {
  expect(tableActionsOf(stack, runner)).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ])
  expect(bucketGrants(runner).sort()).toEqual([
    's3:GetObject exports/*',
    's3:GetObject imports/*',
    's3:PutObject exports/*',
  ])
})

test('S3 announces each new file of an import, and no file of an export, which a step writes', () => {
  const [bucket] = ofType(stack.resources, 'AWS::S3::Bucket')
  expect(at(bucket?.properties, 'NotificationConfiguration')).toEqual({
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  })
  const [rule] = ofType(stack.resources, 'AWS::Events::Rule').filter(({ id }) => id.startsWith('Uploads'))
  expect(rule?.properties.EventPattern).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [{ Ref: bucket?.id }] }, object: { key: [{ prefix: 'imports/' }] } },
  })
  const [target] = at(rule?.properties, 'Targets') as { InputTransformer: unknown }[]
  expect(target?.InputTransformer).toEqual({
    InputPathsMap: { 'detail-object-key': '$.detail.object.key' },
    InputTemplate: '{"file":<detail-object-key>}',
  })
})

test('files outlive their jobs', () => {
  const [bucket] = ofType(stack.resources, 'AWS::S3::Bucket')
  const rules = at(bucket?.properties, 'LifecycleConfiguration', 'Rules') as {
    Prefix?: string
    ExpirationInDays?: number
  }[]
  const days = new Map(rules.map(({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays]))
  for (const prefix of ['imports/', 'exports/'])
    expect((days.get(prefix) ?? 0) * 86_400_000).toBeGreaterThan(JOB_KEPT_MS)
})

test('a step that fails is repeated for an hour, and one that dies after three minutes', () => {
  const [queue] = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith('JobStepsQueue'))
  expect(queue?.properties).toMatchObject({ VisibilityTimeout: 180, RedrivePolicy: { maxReceiveCount: 20 } })
})

test('a step has the time of its message, and its lease outlives a step that is killed', () => {
  const timeout = Number(runner.properties.Timeout) * 1000
  expect(timeout).toBeGreaterThanOrEqual(MESSAGE_MS + 1000)
  expect(variableOf(runner, 'TIMEOUT_MS')).toBe(String(timeout))
})
