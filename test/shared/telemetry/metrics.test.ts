import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { counter, createMetrics, metricsOfEnvironment } from '../../../functions/shared/telemetry/metrics.ts'

const newMetrics = () =>
  createMetrics({ namespace: 'Stackyard/UrlShortener', names: ['LinkCreated', 'LinkDeleted'], stack: 'Links-dev' })

const line = (values: Record<string, number | number[]>) => ({
  _aws: {
    Timestamp: expect.any(Number),
    CloudWatchMetrics: [
      {
        Namespace: 'Stackyard/UrlShortener',
        Dimensions: [['stack']],
        Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
      },
    ],
  },
  stack: 'Links-dev',
  ...values,
})

test('a count is one series for each name and stack: there is no other dimension, and none named service', () => {
  const metrics = newMetrics()
  metrics.addMetric('LinkCreated', MetricUnit.Count, 3)
  expect(metrics.serializeMetrics()).toStrictEqual(line({ LinkCreated: 3 }))
})

test('the dimension stays when what was counted is forgotten', () => {
  const metrics = newMetrics()
  metrics.addMetric('LinkCreated', MetricUnit.Count, 3)
  metrics.clearMetrics()
  metrics.addMetric('LinkDeleted', MetricUnit.Count, 1)
  expect(metrics.serializeMetrics()).toStrictEqual(line({ LinkDeleted: 1 }))
})

test('a counter counts one at a time', () => {
  const metrics = newMetrics()
  const count = counter(metrics)
  count('LinkCreated')
  count('LinkCreated')
  count('LinkDeleted')
  expect(metrics.serializeMetrics()).toStrictEqual(line({ LinkCreated: [1, 1], LinkDeleted: 1 }))
})

test('a name that was not declared is a type error', () => {
  const metrics = newMetrics()
  // @ts-expect-error It would be a new series.
  metrics.addMetric('LinkCreate', MetricUnit.Count, 1)
  // @ts-expect-error It would be a new series.
  counter(metrics)('LinkCreate')
})

test.each([
  'stack',
  '_aws',
  'latency_ms',
  'Link-Created',
  '',
])('the name %j could be one of a field: refused', (name) => {
  const create = () => createMetrics({ namespace: 'Stackyard/Any', names: ['LinkCreated', name], stack: 'a-stack' })
  expect(create).toThrow(`The metric "${name}" is not in PascalCase`)
})

describe('metrics of the environment', () => {
  const create = () => metricsOfEnvironment({ namespace: 'Stackyard/Any', names: ['LinkCreated'] })

  afterEach(() => {
    delete process.env.STACK_NAME
  })

  test('have the name of the stack as their dimension', () => {
    process.env.STACK_NAME = 'Links-prod'
    const metrics = create()
    metrics.addMetric('LinkCreated', 'Count', 1)
    expect(metrics.serializeMetrics()).toMatchObject({ stack: 'Links-prod', LinkCreated: 1 })
  })

  test('can’t be created without it', () => {
    expect(create).toThrow('STACK_NAME')
  })
})
