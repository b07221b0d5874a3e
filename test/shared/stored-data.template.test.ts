import { readFileSync } from 'node:fs'
import { at, nameOf, ofType, type Resource, referenced, resourcesIn, STAGES } from '../support/templates.ts'

/** Types that hold data which can't be recreated. */
const KEEPS_DATA = [
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::Table',
  'AWS::Events::Archive',
  'AWS::Events::EventBus',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
]

/** Types that a new deployment recreates. A new type must be added to one of the two lists. */
const KEEPS_NOTHING = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPoolClient',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]

const data = { dev: resourcesIn('dev'), prod: resourcesIn('prod') }
const both = [...data.dev, ...data.prod]
const tables = ofType(both, 'AWS::DynamoDB::Table')

test('every type of resource is in one of the lists', () => {
  const types = new Set(both.map(({ type }) => type))
  expect([...types].filter((type) => !KEEPS_DATA.includes(type) && !KEEPS_NOTHING.includes(type))).toEqual([])
  // Not every system has files or a key of its own, and a fork may have one system.
  const inSome = ['AWS::KMS::Key', 'AWS::S3::Bucket']
  expect(KEEPS_DATA.filter((type) => !types.has(type) && !inSome.includes(type))).toEqual([])
})

test('dev leaves nothing behind when it is destroyed', () => {
  const left = data.dev.filter(
    ({ type, policies }) =>
      JSON.stringify(policies) !== JSON.stringify({ deletion: 'Delete', replacement: 'Delete' }) &&
      (KEEPS_DATA.includes(type) || policies.deletion !== undefined),
  )
  expect(left.map(nameOf)).toEqual([])
})

test('prod retains all data when its stack is deleted, or an update replaces it', () => {
  const lost = ofType(data.prod, ...KEEPS_DATA).filter(
    ({ policies }) => !/^Retain(ExceptOnCreate)?$/.test(String(policies.deletion)) || policies.replacement !== 'Retain',
  )
  expect(lost.map(nameOf)).toEqual([])
})

test('prod deletes resources with a physical name when the deployment that created them is rolled back: the next one recreates them', () => {
  const isNamed = ({ type, properties }: Resource) =>
    'LogGroupName' in properties ||
    'QueueName' in properties ||
    'TableName' in properties ||
    type.endsWith('::EventBus')
  // A bus can't be deleted while it has an archive.
  const named = data.prod.filter((it) => KEEPS_DATA.includes(it.type) && (isNamed(it) || it.type.endsWith('::Archive')))
  expect(named.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['AWS::Events::Archive', 'AWS::Events::EventBus', 'AWS::Logs::LogGroup']),
  )
  expect(named.filter(({ policies }) => policies.deletion !== 'RetainExceptOnCreate').map(nameOf)).toEqual([])
})

/** Tells what a type is called in docs/deploy.md. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPool': 'user pool',
  'AWS::DynamoDB::Table': 'table',
  'AWS::Events::Archive': 'archive',
  'AWS::Events::EventBus': 'event bus',
  'AWS::KMS::Key': 'key',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::S3::Bucket': 'bucket',
  'AWS::SQS::Queue': 'queue',
  'AWS::SecretsManager::Secret': 'secret',
}

describe('docs/deploy.md', () => {
  const page = readFileSync('docs/deploy.md', 'utf8')
  const sectionOf = (title: string) => page.split(/^## /m).find((section) => section.startsWith(title)) ?? ''
  // A version is deleted with its function, which is not retained.
  const left = data.prod.filter(
    ({ type, policies }) => type !== 'AWS::Lambda::Version' && String(policies.deletion).startsWith('Retain'),
  )
  const types = [...new Set(left.map(({ type }) => type))]

  test('says of each stack which types of resources prod leaves behind', () => {
    const rows = [...sectionOf('Destroy').matchAll(/^\| `(\w+)` \| (.+) \|$/gm)]
    const described = rows.map(([, stack, cell = '']) => [stack, cell.split(', ').map(typeNamedBy).sort()])
    const stacks = [...new Set(left.map(({ stack }) => stack))]
    const typesOf = (id: string) => types.filter((type) => left.some((it) => it.stack === id && it.type === type))
    expect(Object.fromEntries(described)).toEqual(Object.fromEntries(stacks.map((id) => [id, typesOf(id).sort()])))
  })

  test('says how to delete each of these types', () => {
    expect(types.filter((type) => !sectionOf('Destroy').includes(`$(kept ${type})`))).toEqual([])
  })

  test('names each of them where it compares the stages', () => {
    const [, row = ''] = /^\| (.+) \| deleted with their stack/m.exec(sectionOf('What `-c stage=prod`')) ?? []
    expect(types.filter((type) => !row.includes(NAMES[type] ?? type))).toEqual([])
  })
})

/** Finds the type that an item of the page begins with, in the singular or the plural. */
function typeNamedBy(item: string): string {
  const [type] = Object.entries(NAMES).find(([, name]) => new RegExp(`^${name}s?\\b`).test(item)) ?? []
  return type ?? `unknown: ${item}`
}

test('prod protects tables and users from deletion, and dev does not', () => {
  const isProtected = ({ properties }: Resource) =>
    properties.DeletionProtectionEnabled === true || properties.DeletionProtection === 'ACTIVE'
  const types = ['AWS::Cognito::UserPool', 'AWS::DynamoDB::Table']
  expect(ofType(data.prod, ...types).filter((it) => !isProtected(it))).toEqual([])
  expect(ofType(data.dev, ...types).filter(isProtected)).toEqual([])
})

test('every table has on-demand capacity', () => {
  expect(tables.filter(({ properties }) => properties.BillingMode !== 'PAY_PER_REQUEST').map(nameOf)).toEqual([])
})

test('every table can be restored to any point in time', () => {
  const wrong = tables.filter(
    ({ properties }) => at(properties, 'PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled') !== true,
  )
  expect(wrong.map(nameOf)).toEqual([])
})

test('every table expires items by the attribute `ttl`', () => {
  for (const { properties } of tables) {
    expect(properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true })
  }
})

test('every table has the keys pk and sk', () => {
  for (const { properties } of tables) {
    expect(properties.KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ])
  }
})

test.each([
  'ReadThrottleEvents',
  'WriteThrottleEvents',
])('every table has an alarm for its %s, which ends when DynamoDB counts no more', (metric) => {
  const watched = ofType(both, 'AWS::CloudWatch::Alarm').flatMap(({ stack, properties }) => {
    const [filled, counted] = [0, 1].map((index) => at(properties.Metrics, index))
    const source = at(counted, 'MetricStat', 'Metric')
    if (at(source, 'Namespace') !== 'AWS/DynamoDB' || at(source, 'MetricName') !== metric) return []
    expect(at(filled, 'Expression')).toBe(`FILL(${at(counted, 'Id')}, 0)`)
    return `${stack}/${referenced(at(source, 'Dimensions', 0, 'Value'))}`
  })
  expect(watched.sort()).toEqual(tables.map(nameOf).sort())
})

describe.each(STAGES)('in %s', (stage) => {
  test('every log has a retention that depends on the stage', () => {
    const days = ofType(data[stage], 'AWS::Logs::LogGroup').map(({ properties }) => properties.RetentionInDays)
    expect(new Set(days)).toEqual(new Set([stage === 'prod' ? 90 : 7]))
  })
})
