import { pkOf } from '../../functions/shared/rate-limit/counters/counter.ts'
import { tenantWrites } from '../../functions/shared/rate-limit/http/tenant-writes.ts'
import { RESERVED_CODES } from '../../functions/url-shortener/domain/code.ts'
import { linkCreated, linkUpdated } from '../../functions/url-shortener/events.ts'
import { keyOf } from '../../functions/url-shortener/store/keys.ts'
import { examples } from '../../lib/url-shortener/examples.ts'
import {
  at,
  objectsIn,
  ofType,
  referenced,
  stackOf,
  stacksWith,
  stringsIn,
  withoutAssetHashes,
} from '../support/templates.ts'

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'UrlShortener')
const stack = synthesizeWith()

function functionOf(idPrefix: string, { resources } = stack) {
  const found = ofType(resources, 'AWS::Lambda::Function').find(({ id }) => id.startsWith(idPrefix))
  if (!found) throw new Error(`There is no function ${idPrefix}.`)
  return found
}

/** The actions on the table that a function may do, and the partition keys of the items. */
function tableGrantsOf(idPrefix: string): { actions: string[]; keys: unknown }[] {
  const role = referenced(functionOf(idPrefix).properties.Role)
  return ofType(stack.resources, 'AWS::IAM::Policy')
    .filter(({ properties }) => objectsIn(properties.Roles).some((ref) => referenced(ref) === role))
    .flatMap(({ properties }) => objectsIn(properties.PolicyDocument))
    .map(({ Action, Condition }) => ({
      actions: stringsIn(Action).filter((action) => action.startsWith('dynamodb:')),
      keys: at(Condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys'),
    }))
    .filter(({ actions }) => actions.length > 0)
}

function tableActionsOf(idPrefix: string): string[] {
  return tableGrantsOf(idPrefix)
    .flatMap(({ actions }) => actions)
    .sort()
}

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('the public redirect may read links and update existing ones, and no other item', () => {
  expect(tableGrantsOf('Redirect')).toEqual([{ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], keys: ['L#*'] }])
})

test('the public unlocking may read links and count attempts, and change no link', () => {
  expect(tableGrantsOf('Unlock')).toEqual([
    { actions: ['dynamodb:GetItem'], keys: ['L#*'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], keys: ['Q*'] },
  ])
})

test('the keys of links and counters match the patterns that the public functions are granted', () => {
  const { pk } = keyOf('abc')
  const counters = [undefined, 0, 7].map((shard) => pkOf(tenantWrites(1), 'x', shard))
  expect([pk?.S, ...counters].map((key) => key?.replace(/(?<=^L#|^Q).*/, '*'))).toEqual(['L#*', 'Q*', 'Q*', 'Q*'])
})

test('the API may read and write items, query by key and by tenant, and scan nothing', () => {
  expect(tableActionsOf('Management')).toEqual([
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
  expect(functionOf('Management').properties).toMatchObject({ MemorySize: 1024, Timeout: 29 })
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
  expect(tableActionsOf('CheckTarget')).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
  ])
})

test('the sweep of ends may query, read and update items, and neither create nor delete any', () => {
  expect(tableActionsOf('SweepEnds')).toEqual([
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
  const { properties } = functionOf('SweepEnds')
  expect(properties.Timeout).toBe(300)
  expect(at(properties, 'Environment', 'Variables', 'TIMEOUT_MS')).toBe('300000')
})

test('the publisher may read the stream, and nothing of the table itself', () => {
  expect(tableActionsOf('Publisher')).toEqual([
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ])
})

test('every new target goes to the queue of checks, and no other event does', () => {
  const rules = ofType(stack.resources, 'AWS::Events::Rule')
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

test('the name of the bus is an output, for the rules of consumers', () => {
  const [bus] = ofType(stack.resources, 'AWS::Events::EventBus')
  expect(stack.outputs.EventBusName).toEqual({ Ref: bus?.id })
})

describe('settings reach the API', () => {
  const variable = (settings: Record<string, string>, name: string) =>
    at(functionOf('Management', synthesizeWith(settings)).properties, 'Environment', 'Variables', name)

  test('short links start with the public URL, by default with that of the API', () => {
    expect(variable({ publicUrl: 'https://go.example/' }, 'PUBLIC_URL')).toBe('https://go.example')
    expect(variable({}, 'PUBLIC_URL')).toEqual(stack.outputs.ApiUrl)
  })

  test('the API’s own URL is known too, so that no link leads back to it', () => {
    expect(variable({ publicUrl: 'https://go.example/' }, 'API_URL')).toEqual(stack.outputs.ApiUrl)
  })

  test('a tenant’s writes are limited by the setting, which is 50 per second by default', () => {
    expect(variable({ tenantWritesPerSecond: '7' }, 'TENANT_WRITES_PER_SECOND')).toBe('7')
    expect(variable({}, 'TENANT_WRITES_PER_SECOND')).toBe('50')
  })

  test('tenancy is that of the setting, multi by default', () => {
    expect(variable({ tenancy: 'single' }, 'TENANCY')).toBe('single')
    expect(variable({}, 'TENANCY')).toBe('multi')
  })
})

test('the redirect’s only variables are its stack, its table, its secret and the names of hosts', () => {
  const table = ofType(stack.resources, 'AWS::DynamoDB::Table')[0]?.id
  const secret = ofType(stack.resources, 'AWS::SecretsManager::Secret')[0]?.id
  expect(at(functionOf('Redirect').properties, 'Environment', 'Variables')).toEqual({
    PUBLIC_URL: stack.outputs.ApiUrl,
    SIGNING_SECRET: { Ref: secret },
    STACK_NAME: { Ref: 'AWS::StackName' },
    TABLE_NAME: { Ref: table },
    URL_SUFFIX: { Ref: 'AWS::URLSuffix' },
  })
})

test('every example is a request to a route that exists', () => {
  const routes = ofType(stack.resources, 'AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const [method, path = ''] = String(properties.RouteKey).split(' ')
    return new RegExp(`^${method} https://api\\.example${path.replace(/\{\w+\}/, '[^/]+')}$`)
  })
  for (const { method, url } of examples({ apiUrl: 'https://api.example', token: 'token', unique: 'x1' })) {
    expect(routes.some((route) => route.test(`${method} ${url}`))).toBe(true)
  }
})
