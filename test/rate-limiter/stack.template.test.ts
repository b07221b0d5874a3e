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
import { functionOf, grantsOf, tableActionsOf, tableGrantsOf, variableOf } from '../support/grants.ts'
import { at, objectsIn, ofType, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'RateLimiter')
const stack = synthesizeWith()

const routesTo = (idPrefix: string) => {
  const integrations = ofType(stack.resources, 'AWS::ApiGatewayV2::Integration')
    .filter(({ properties }) => JSON.stringify(properties.IntegrationUri).includes(functionOf(stack, idPrefix).id))
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

test('it may read policies and overrides, and write nothing but counters, its key and limits that are neared', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'Check'))).toEqual([
    { actions: ['dynamodb:GetItem'], keys: ['P#*'] },
    { actions: ['dynamodb:Query'], keys: ['O#*'] },
    { actions: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], keys: ['Q*'] },
    { actions: ['dynamodb:UpdateItem'], keys: ['K#*'] },
    { actions: ['dynamodb:PutItem'], keys: ['N#*'] },
  ])
})

test('who counts denials may read and write them, and record events, and nothing else of the table', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'CountDenials'))).toEqual([
    { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], keys: ['D#*'] },
    { actions: ['dynamodb:PutItem'], keys: ['E#*'] },
  ])
})

test('the check function may send to the queue of denials, and to nothing else', () => {
  const [grant, ...others] = grantsOf(stack, functionOf(stack, 'Check')).filter(({ actions }) =>
    actions.some((action) => /^sqs:/.test(action)),
  )
  expect([grant?.actions, others]).toEqual([['sqs:SendMessage'], []])
  expect(JSON.stringify(grant?.resources)).toContain(
    at(variableOf(functionOf(stack, 'Check'), 'DENIALS_QUEUE_URL'), 'Ref'),
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
  expect(tableActionsOf(stack, functionOf(stack, 'Management'))).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:ConditionCheckItem',
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ])
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

describe('settings reach the functions', () => {
  const variable = (settings: Record<string, string>, idPrefix: string, name: string) =>
    variableOf(functionOf(synthesizeWith(settings), idPrefix), name)

  /** @proves rate-limiter/budget */
  test.each([
    'Check',
    'Management',
  ])('%s has 50 ms for a decision by default, and as many as the setting says', (id) => {
    expect(variable({}, id, 'LIMIT_BUDGET_MS')).toBe('50')
    expect(variable({ limitBudgetMs: '120' }, id, 'LIMIT_BUDGET_MS')).toBe('120')
  })
})
