import { DECISION_METRICS } from '../../functions/rate-limiter/check/count-decisions.ts'
import { MINUTE_KEPT_MS } from '../../functions/rate-limiter/domain/denials.ts'
import {
  degradedKey,
  denialsPk,
  deniedKey,
  nearedKey,
  overridesPk,
  policiesPk,
  slotKey,
} from '../../functions/rate-limiter/store/keys.ts'
import { pkOf } from '../../functions/shared/rate-limit/counters/counter.ts'
import { examples } from '../../lib/rate-limiter/examples.ts'
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

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'RateLimiter')
const stack = synthesizeWith()

function functionOf(idPrefix: string, { resources } = stack) {
  const found = ofType(resources, 'AWS::Lambda::Function').find(({ id }) => id.startsWith(idPrefix))
  if (!found) throw new Error(`There is no function ${idPrefix}.`)
  return found
}

/** Lists the actions that a function may take on the table, with the partition keys that they are limited to. */
function tableGrantsOf(idPrefix: string): { actions: string[]; keys: unknown }[] {
  return grantsOf(idPrefix)
    .map(({ actions, keys }) => ({ actions: actions.filter((action) => action.startsWith('dynamodb:')), keys }))
    .filter(({ actions }) => actions.length > 0)
}

function grantsOf(idPrefix: string): { actions: string[]; resources: unknown; keys: unknown }[] {
  const role = referenced(functionOf(idPrefix).properties.Role)
  return ofType(stack.resources, 'AWS::IAM::Policy')
    .filter(({ properties }) => objectsIn(properties.Roles).some((ref) => referenced(ref) === role))
    .flatMap(({ properties }) => objectsIn(properties.PolicyDocument))
    .map(({ Action, Resource, Condition }) => ({
      actions: stringsIn(Action),
      resources: Resource,
      keys: at(Condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys'),
    }))
}

const routesTo = (idPrefix: string) => {
  const integrations = ofType(stack.resources, 'AWS::ApiGatewayV2::Integration')
    .filter(({ properties }) => JSON.stringify(properties.IntegrationUri).includes(functionOf(idPrefix).id))
    .map(({ id }) => id)
  return ofType(stack.resources, 'AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => integrations.some((id) => JSON.stringify(properties.Target).includes(id)))
    .map(({ properties }) => String(properties.RouteKey))
}

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('the function that callers wait for decides, and does nothing else', () => {
  expect(routesTo('Check')).toEqual(['POST /v1/check'])
})

test('it may read policies and overrides, and write nothing but counters and limits that are neared', () => {
  expect(tableGrantsOf('Check')).toEqual([
    { actions: ['dynamodb:GetItem'], keys: ['P#*'] },
    { actions: ['dynamodb:Query'], keys: ['O#*'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], keys: ['Q*'] },
    { actions: ['dynamodb:PutItem'], keys: ['N#*'] },
  ])
})

test('who counts denials may read and write them, and record events, and nothing else of the table', () => {
  expect(tableGrantsOf('CountDenials')).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], keys: ['D#*'] },
    { actions: ['dynamodb:PutItem'], keys: ['E#*'] },
  ])
})

test('the check function may send to the queue of denials, and to nothing else', () => {
  const [grant, ...others] = grantsOf('Check').filter(({ actions }) => actions.some((action) => /^sqs:/.test(action)))
  expect([grant?.actions, others]).toEqual([['sqs:SendMessage'], []])
  expect(JSON.stringify(grant?.resources)).toContain(
    at(functionOf('Check').properties, 'Environment', 'Variables', 'DENIALS_QUEUE_URL', 'Ref'),
  )
})

test('the keys by which it is let in are those of the items', () => {
  const policy = { name: 'writes', tenant: 'acme' }
  const counters = [undefined, 0, 7].map((shard) => pkOf(policy, 'x', shard))
  expect(counters.every((pk) => pk.startsWith('Q'))).toBe(true)
  expect(policiesPk('acme')).toMatch(/^P#/)
  expect(overridesPk(policy)).toMatch(/^O#/)
  expect(denialsPk({ tenant: 'acme', policy: 'writes' })).toMatch(/^D#/)
  expect(nearedKey({ tenant: 'acme', policy: 'writes', subject: 'x', startMs: 0 }).pk?.S).toMatch(/^N#/)
  expect(deniedKey({ tenant: 'acme', policy: 'writes', subject: 'x', minute: '' }).pk?.S).toMatch(/^E#/)
  expect(degradedKey({ tenant: 'acme', policy: 'writes', minute: '' }).pk?.S).toMatch(/^E#/)
  const others = [policiesPk('acme'), overridesPk(policy), slotKey({ tenant: 'acme', slotId: 'x' }).pk?.S ?? '']
  expect(others.filter((pk) => pk.startsWith('Q'))).toEqual([])
})

test('the management may read and write items and query those of a key, and scan nothing', () => {
  expect(
    tableGrantsOf('Management')
      .flatMap(({ actions }) => actions)
      .sort(),
  ).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ])
})

test('the publisher may read the stream, and nothing of the table itself', () => {
  expect(
    tableGrantsOf('Publisher')
      .flatMap(({ actions }) => actions)
      .sort(),
  ).toEqual(['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'])
})

test('a message about denials is retried for longer than an hour, so that it outlasts an outage of the table', () => {
  const [queue] = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith('DenialsQueue'))
  const receives = Number(at(queue?.properties.RedrivePolicy, 'maxReceiveCount'))
  const outageMs = 1000 * receives * Number(queue?.properties.VisibilityTimeout)
  expect(outageMs).toBeGreaterThan(3_600_000)
  // A minute that is older is not counted.
  expect(outageMs).toBeLessThan(MINUTE_KEPT_MS)
})

describe('of the check function', () => {
  const alarmOf = (id: string) => {
    const found = ofType(stack.resources, 'AWS::CloudWatch::Alarm').find((alarm) => alarm.id.includes(id))
    return { ...found?.properties }
  }

  test('an alarm fires when onError decides one check of a hundred, and ten at least, in five minutes', () => {
    const { Metrics, Threshold, ComparisonOperator, EvaluationPeriods } = alarmOf('DegradedAlarm')
    expect([Threshold, ComparisonOperator, EvaluationPeriods]).toEqual([1, 'GreaterThanOrEqualToThreshold', 1])
    const queries = objectsIn(Metrics).filter(({ Id }) => Id !== undefined)
    expect(queries.map(({ Expression }) => Expression)).toContain('IF(degraded >= 10, 100 * degraded / checks, 0)')
    const stats = queries.flatMap(({ Id, MetricStat }) =>
      MetricStat ? [[Id, at(MetricStat, 'Metric', 'MetricName'), at(MetricStat, 'Period')]] : [],
    )
    expect(stats.sort()).toEqual([
      ['checks', 'Invocations', 300],
      ['degraded', 'CheckDegraded', 300],
    ])
  })

  test.each([
    ['DenialReportsAlarm', 'DenialReportFailed'],
    ['NearedReportsAlarm', 'NearedReportFailed'],
  ])('%s fires when ten reports fail in five minutes', (id, MetricName) => {
    expect(alarmOf(id)).toMatchObject({ MetricName, Threshold: 10, Period: 300, Statistic: 'Sum' })
  })

  test('all that it counts is on the dashboard', () => {
    const shown = JSON.stringify(ofType(stack.resources, 'AWS::CloudWatch::Dashboard'))
    expect(DECISION_METRICS.filter((name) => !shown.includes(name))).toEqual([])
  })
})

test('the management ends before API Gateway does', () => {
  expect(functionOf('Management').properties).toMatchObject({ Timeout: 29 })
})

test('the name of the bus is an output, for the rules of others', () => {
  const [bus] = ofType(stack.resources, 'AWS::Events::EventBus')
  expect(stack.outputs.EventBusName).toEqual({ Ref: bus?.id })
})

describe('settings reach the functions', () => {
  const variable = (settings: Record<string, string>, idPrefix: string, name: string) =>
    at(functionOf(idPrefix, synthesizeWith(settings)).properties, 'Environment', 'Variables', name)

  test.each([
    'Check',
    'Management',
  ])('%s has 50 ms for a decision by default, and as many as the setting says', (id) => {
    expect(variable({}, id, 'LIMIT_BUDGET_MS')).toBe('50')
    expect(variable({ limitBudgetMs: '120' }, id, 'LIMIT_BUDGET_MS')).toBe('120')
  })

  test.each(['Check', 'Management'])('%s has the tenancy of the setting, for many tenants by default', (id) => {
    expect(variable({}, id, 'TENANCY')).toBe('multi')
    expect(variable({ tenancy: 'single' }, id, 'TENANCY')).toBe('single')
  })

  test('a tenant’s writes are limited as the setting says', () => {
    expect(variable({ tenantWritesPerSecond: '7' }, 'Management', 'TENANT_WRITES_PER_SECOND')).toBe('7')
  })
})

test('every example is a request to a route that exists', () => {
  const routes = ofType(stack.resources, 'AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const [method, path = ''] = String(properties.RouteKey).split(' ')
    return new RegExp(`^${method} https://api\\.example${path.replace(/\{\w+\}/, '[^/]+')}$`)
  })
  for (const { method, url } of examples({ apiUrl: 'https://api.example', token: 'token', unique: 'x1' })) {
    expect(routes.some((route) => route.test(`${method} ${url.split('?')[0]}`))).toBe(true)
  }
})
