import { Stack } from 'aws-cdk-lib'
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { Alarms } from '../../lib/shared/alarms.ts'
import { BurnRateAlarms } from '../../lib/shared/burn-rate-alarms.ts'
import {
  at,
  emptyApp,
  objectsIn,
  ofType,
  type Resource,
  referenced,
  STAGES,
  type SynthesizedStack,
  stacksWith,
  stringsIn,
} from '../support/templates.ts'

const HOUR = 3600

/** Long window, short window, both in seconds, and the burn rate: Google's SRE workbook, "Alerting on SLOs". */
const PAGES = [
  { long: HOUR, short: HOUR / 12, rate: 14.4 },
  { long: 6 * HOUR, short: HOUR / 2, rate: 6 },
]

interface Widget {
  type: string
  properties: { alarms?: string[]; metrics?: unknown[][] }
}

/** The widgets of a dashboard, in which `<Id>` stands for a resource of the stack or a pseudo parameter. */
function widgetsOf({ properties }: Resource): Widget[] {
  const parts = at(properties.DashboardBody, 'Fn::Join', 1)
  const body = (Array.isArray(parts) ? parts : []).map((part) =>
    typeof part === 'string' ? part : `<${referenced(part)}>`,
  )
  return JSON.parse(body.join('')).widgets
}

/** Metrics of graphs without math: namespace, name, then dimensions in pairs. */
function metricsOf(dashboard: Resource): string[][] {
  return widgetsOf(dashboard)
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map((row) => row.filter((cell) => typeof cell === 'string'))
    .filter(([namespace]) => namespace !== undefined)
}

function dimensionsOf([, , ...pairs]: string[]): string[] {
  return pairs.filter((_, index) => index % 2 === 1)
}

/** Checks whether a metric is emitted by AWS for a resource, and not by a function. */
function isOfAws(namespace: unknown): boolean {
  return String(namespace).startsWith('AWS/')
}

/** Returns the metrics that an alarm divides, and their periods in seconds. */
function mathOf({ properties }: Resource) {
  const stats = objectsIn(properties.Metrics).filter((object) =>
    isOfAws(at(object, 'MetricStat', 'Metric', 'Namespace')),
  )
  return {
    threshold: properties.Threshold,
    periods: [...new Set(stats.map((stat) => at(stat, 'MetricStat', 'Period')))],
    names: stats.map((stat) => at(stat, 'MetricStat', 'Metric', 'MetricName')).sort(),
    apis: [...new Set(stats.map((stat) => referenced(at(stat, 'MetricStat', 'Metric', 'Dimensions', 0, 'Value'))))],
  }
}

describe.each(STAGES)('in %s', (stage) => {
  const stacks = stacksWith({ stage })
  const withFunctions = stacks.filter(({ resources }) => ofType(resources, 'AWS::Lambda::Function').length > 0)
  const withApi = stacks.filter(({ resources }) => ofType(resources, 'AWS::ApiGatewayV2::Api').length > 0)
  const dashboardsIn = ({ resources }: SynthesizedStack) => ofType(resources, 'AWS::CloudWatch::Dashboard')

  test('there are stacks to test', () => {
    expect(withFunctions).not.toEqual([])
    expect(withApi).not.toEqual([])
  })

  test('every stack with an API has one dashboard', () => {
    for (const stack of withApi) expect(dashboardsIn(stack)).toHaveLength(1)
  })

  test('every metric of AWS on a dashboard belongs to a resource of its stack', () => {
    for (const stack of withApi) {
      const ids = stack.resources.map(({ id }) => `<${id}>`)
      const metrics = dashboardsIn(stack)
        .flatMap(metricsOf)
        .filter(([namespace]) => isOfAws(namespace))
      expect(metrics).not.toEqual([])
      for (const metric of metrics) {
        expect(dimensionsOf(metric)).not.toEqual([])
        expect(ids).toEqual(expect.arrayContaining(dimensionsOf(metric)))
      }
    }
  })

  test('every function, table and API of such a stack is on its dashboard', () => {
    for (const stack of withApi) {
      const watched = ofType(
        stack.resources,
        'AWS::ApiGatewayV2::Api',
        'AWS::DynamoDB::Table',
        'AWS::Lambda::Function',
      ).map(({ id }) => `<${id}>`)
      expect(dashboardsIn(stack).flatMap(metricsOf).flatMap(dimensionsOf)).toEqual(expect.arrayContaining(watched))
    }
  })

  test('every queue with a consumer is on the dashboard of such a stack, and its dead letters at least as an alarm', () => {
    for (const stack of withApi) {
      const shown = new Set(dashboardsIn(stack).flatMap(metricsOf).flatMap(dimensionsOf))
      const alarms = ofType(stack.resources, 'AWS::CloudWatch::Alarm')
      const watched = new Set(
        alarms.map(({ properties }) => `<${referenced(at(properties, 'Dimensions', 0, 'Value'))}>`),
      )
      for (const { id, properties } of ofType(stack.resources, 'AWS::SQS::Queue')) {
        const deadLetters = `<${referenced(at(properties.RedrivePolicy, 'deadLetterTargetArn'))}>`
        if (properties.RedrivePolicy === undefined) continue
        expect([id, shown.has(`<${id}>`), shown.has(deadLetters) || watched.has(deadLetters)]).toEqual([id, true, true])
      }
    }
  })

  test('every dashboard has at most 50 metric references, math included: one with more is not free', () => {
    for (const stack of withApi) {
      const references = dashboardsIn(stack)
        .flatMap(widgetsOf)
        .flatMap(({ properties }) => properties.metrics ?? [])
        .filter((row) => typeof row[0] === 'string')
      expect(references.length).toBeGreaterThan(10)
      expect(references.length).toBeLessThanOrEqual(50)
    }
  })

  test('every alarm of such a stack is on its dashboard', () => {
    for (const stack of withApi) {
      const shown = dashboardsIn(stack)
        .flatMap(widgetsOf)
        .flatMap(({ properties }) => properties.alarms ?? [])
      const alarms = ofType(stack.resources, 'AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm')
      expect(shown.sort()).toEqual(alarms.map(({ id }) => `<${id}>`).sort())
    }
  })

  test('every API has an alarm that fires when both windows of a pair exceed the burn rate', () => {
    for (const { resources } of withApi) {
      const [api] = ofType(resources, 'AWS::ApiGatewayV2::Api').filter((it) => it.properties.ProtocolType === 'HTTP')
      const [composite, ...others] = ofType(resources, 'AWS::CloudWatch::CompositeAlarm')
      expect(others).toEqual([])
      const alarms = new Map(ofType(resources, 'AWS::CloudWatch::Alarm').map((alarm) => [alarm.id, alarm]))
      const parts = objectsIn(composite?.properties.AlarmRule)
        .flatMap((node) => alarms.get(referenced(node) ?? '') ?? [])
        .map(mathOf)
      expect(parts).toEqual(
        PAGES.flatMap(({ long, short, rate }) =>
          [long, short].map((period) => ({
            threshold: rate,
            periods: [period],
            names: ['5xx', 'Count'],
            apis: [api?.id],
          })),
        ),
      )
      const rule = stringsIn(at(composite?.properties.AlarmRule, 'Fn::Join', 1))
        .filter((text) => /\W/.test(text) && !text.startsWith('Obs'))
        .join('x')
      expect(rule).toBe('((ALARM("x") AND ALARM("x")) OR (ALARM("x") AND ALARM("x")))')
    }
  })

  test('one error at night is ignored: long windows need five', () => {
    for (const { resources } of withApi) {
      const expressions = ofType(resources, 'AWS::CloudWatch::Alarm')
        .flatMap(({ properties }) => objectsIn(properties.Metrics))
        .flatMap(({ Expression }) => (Expression === undefined ? [] : String(Expression)))
        .filter((expression) => expression.includes('requests'))
        .map((expression) => expression.replaceAll(/\((errors\d+m) - IF\([\w, ]+\)\)/g, '$1'))
      expect(expressions).toEqual([
        'IF(errors60m >= 5, errors60m / requests60m / 0.001, 0)',
        'IF(errors5m >= 1, errors5m / requests5m / 0.001, 0)',
        'IF(errors360m >= 5, errors360m / requests360m / 0.001, 0)',
        'IF(errors30m >= 1, errors30m / requests30m / 0.001, 0)',
      ])
    }
  })

  test('saved queries read the logs of all functions of their stack', () => {
    for (const { resources } of withApi) {
      const groups = ofType(resources, 'AWS::Lambda::Function').map(({ properties }) =>
        referenced(at(properties, 'LoggingConfig', 'LogGroup')),
      )
      const queries = ofType(resources, 'AWS::Logs::QueryDefinition')
      expect(queries).toHaveLength(4)
      for (const { properties } of queries) {
        expect(objectsIn(properties.LogGroupNames).map(referenced).sort()).toEqual(groups.sort())
        expect(stringsIn(properties.Name)).toContain('AWS::StackName')
      }
    }
  })
})

describe('an availability', () => {
  function watch(availability: number) {
    const stack = new Stack(emptyApp(), 'Stack')
    return () =>
      new BurnRateAlarms(stack, 'BurnRate', {
        watched: { api: new HttpApi(stack, 'Api') },
        alarms: new Alarms(stack, 'Alarms'),
        availability,
      })
  }

  test.each([0.931, 0.99, 0.999, 0.9999])('of %d can be monitored', (availability) => {
    expect(watch(availability)).not.toThrow()
  })

  test.each([1, 1.5])('of %d leaves no error budget, and is refused with the limits', (availability) => {
    expect(watch(availability)).toThrow(/must be below 1 and above 0\.931/)
  })

  test('so low that even an outage never exceeds the burn rate is refused with the limits', () => {
    expect(watch(0.93)).toThrow(/burns at 14\.3, which never reaches 14\.4/)
  })
})
