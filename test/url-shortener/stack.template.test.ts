import { pkOf } from '../../functions/shared/rate-limit/counters/counter.ts'
import { tenantWrites } from '../../functions/shared/rate-limit/http/tenant-writes.ts'
import { RESERVED_CODES } from '../../functions/url-shortener/domain/code.ts'
import { linkCreated, linkUpdated } from '../../functions/url-shortener/events.ts'
import { clicksPk, countedClicksKey, keyOf, saltKey } from '../../functions/url-shortener/store/keys.ts'
import { functionOf, tableActionsOf, tableGrantsOf, variableOf } from '../support/grants.ts'
import { at, ofType, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'UrlShortener')
const stack = synthesizeWith()

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('the public redirect may read and update links and the salts of days, and no other item', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'Redirect'))).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], keys: ['L#*'] },
    { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], keys: ['V#*'] },
  ])
})

test('what counts clicks may read and write counts, ids and links, and statistics may read counts and links', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'CountClicks'))).toEqual([
    {
      actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      keys: ['A#*', 'B#*', 'K#*', 'L#*'],
    },
  ])
  expect(tableGrantsOf(stack, functionOf(stack, 'Stats'))).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:Query'], keys: ['A#*', 'B#*', 'L#*'] },
  ])
})

test('clicks are counted within a minute, in batches, and retried for hours', () => {
  const [mapping] = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').filter(({ id }) =>
    id.startsWith('CountClicks'),
  )
  expect(mapping?.properties).toMatchObject({
    BatchSize: 2000,
    MaximumBatchingWindowInSeconds: 20,
    ScalingConfig: { MaximumConcurrency: 10 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  })
  const [queue] = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith('ClicksQueue'))
  expect(queue?.properties).toMatchObject({ VisibilityTimeout: 200, RedrivePolicy: { maxReceiveCount: 100 } })
})

test('the public unlocking may read links and count attempts, and change no link', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'Unlock'))).toEqual([
    { actions: ['dynamodb:GetItem'], keys: ['L#*'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], keys: ['Q*'] },
  ])
})

test('the drawing of QR codes may read links, and nothing else', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'QrCode'))).toEqual([{ actions: ['dynamodb:GetItem'], keys: ['L#*'] }])
})

test('the keys of counts, ids and salts match the patterns that functions are granted', () => {
  const keys = [
    clicksPk('link', 'abc'),
    clicksPk('tenant', 'acme'),
    countedClicksKey('1#2').pk?.S ?? '',
    saltKey('2026-05-06').pk?.S ?? '',
  ]
  expect(keys.map((key) => key.replace(/(?<=^.#).*/, '*'))).toEqual(['A#*', 'B#*', 'K#*', 'V#*'])
})

test('the keys of links and counters match the patterns that the public functions are granted', () => {
  const { pk } = keyOf('abc')
  const counters = [undefined, 0, 7].map((shard) => pkOf(tenantWrites(1), 'x', shard))
  expect([pk?.S, ...counters].map((key) => key?.replace(/(?<=^L#|^Q).*/, '*'))).toEqual(['L#*', 'Q*', 'Q*', 'Q*'])
})

test('the API may read and write items, query by key and by tenant, and scan nothing', () => {
  expect(tableActionsOf(stack, functionOf(stack, 'Management'))).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ])
})

test('the index of ends holds keys only, so that counting a visit writes no index', () => {
  const [table] = ofType(stack.resources, 'AWS::DynamoDB::Table')
  expect(table?.properties.GlobalSecondaryIndexes).toMatchObject([
    { IndexName: 'byTenant', Projection: { ProjectionType: 'ALL' } },
    { IndexName: 'byEnd', Projection: { ProjectionType: 'KEYS_ONLY' } },
  ])
})

test('the API has the time and the memory for a hundred passwords, and times out before API Gateway does', () => {
  expect(functionOf(stack, 'Management').properties).toMatchObject({ MemorySize: 1024, Timeout: 29 })
})

test('every first path segment of the API is reserved, so that no alias hides a route', () => {
  const paths = ofType(stack.resources, 'AWS::ApiGatewayV2::Route')
    .map(({ properties }) => String(properties.RouteKey))
    .filter((key) => key !== '$default')
    .map((key) => key.split(' ')[1] ?? '')
  const segments = new Set(paths.map((path) => path.split('/')[1] ?? '').filter((segment) => !segment.startsWith('{')))
  const ASKED_BY_BROWSERS_AND_CRAWLERS = ['.well-known', 'favicon.ico', 'robots.txt']
  expect([...RESERVED_CODES].sort()).toEqual([...new Set([...segments, ...ASKED_BY_BROWSERS_AND_CRAWLERS])].sort())
})

test('the check of targets may read and write items, and neither query nor delete any', () => {
  expect(tableActionsOf(stack, functionOf(stack, 'CheckTarget'))).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  ])
})

test('the sweep of ends may query, read and update items, and neither create nor delete any', () => {
  expect(tableActionsOf(stack, functionOf(stack, 'SweepEnds'))).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ])
})

test('links are swept every hour, with time for a run and two retries before the next one', () => {
  const scheduled = ofType(stack.resources, 'AWS::Events::Rule').flatMap(({ properties }) =>
    properties.ScheduleExpression === undefined ? [] : [properties.ScheduleExpression],
  )
  expect(scheduled).toEqual(['rate(1 hour)'])
  const { properties } = functionOf(stack, 'SweepEnds')
  expect(properties.Timeout).toBe(300)
  expect(variableOf(functionOf(stack, 'SweepEnds'), 'TIMEOUT_MS')).toBe('300000')
})

test('every new target goes to the queue of checks, and no other event of a link does', () => {
  const rules = ofType(stack.resources, 'AWS::Events::Rule').filter(({ id }) => !id.startsWith('Uploads'))
  const [rule, ...others] = rules.filter(({ properties }) => properties.ScheduleExpression === undefined)
  expect(others).toEqual([])
  const [created, updated] = [linkCreated, linkUpdated].map(({ type }) => type)
  expect(rule?.properties.EventPattern).toEqual({
    source: ['stackyard.url-shortener'],
    'detail-type': [created, updated],
    detail: { data: { changed: ['url', 'expiredUrl', 'rules'] } },
  })
})

test('a failed check is retried within a minute, and for half an hour', () => {
  const [queue] = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith('TargetChecksQueue'))
  expect(queue?.properties).toMatchObject({ VisibilityTimeout: 30, RedrivePolicy: { maxReceiveCount: 60 } })
})

describe('settings reach the API', () => {
  const variable = (settings: Record<string, string>, name: string) =>
    variableOf(functionOf(synthesizeWith(settings), 'Management'), name)

  test('short links start with the public URL, by default with that of the API', () => {
    expect(variable({ publicUrl: 'https://go.example/' }, 'PUBLIC_URL')).toBe('https://go.example')
    expect(variable({}, 'PUBLIC_URL')).toEqual(stack.outputs.ApiUrl)
  })

  test('the API’s own URL is known too, so that no link leads back to it', () => {
    expect(variable({ publicUrl: 'https://go.example/' }, 'API_URL')).toEqual(stack.outputs.ApiUrl)
  })
})

test('the redirect’s only variables are its stack, its table, its queue, its secret and the names of hosts', () => {
  const table = ofType(stack.resources, 'AWS::DynamoDB::Table')[0]?.id
  const secret = ofType(stack.resources, 'AWS::SecretsManager::Secret')[0]?.id
  const queue = ofType(stack.resources, 'AWS::SQS::Queue').find(({ id }) => id.startsWith('ClicksQueue'))
  expect(at(functionOf(stack, 'Redirect').properties, 'Environment', 'Variables')).toEqual({
    CLICKS_QUEUE_URL: { Ref: queue?.id },
    PUBLIC_URL: stack.outputs.ApiUrl,
    SIGNING_SECRET: { Ref: secret },
    STACK_NAME: { Ref: 'AWS::StackName' },
    TABLE_NAME: { Ref: table },
    URL_SUFFIX: { Ref: 'AWS::URLSuffix' },
  })
})
