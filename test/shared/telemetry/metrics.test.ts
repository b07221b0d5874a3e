import { createMetrics } from '../../../functions/shared/telemetry/metrics.ts'
import { redact } from '../../../functions/shared/telemetry/redact.ts'

const NOW = Date.UTC(2026, 2, 12, 19, 3, 58)

const newMetrics = () =>
  createMetrics({ namespace: 'Stackyard/UrlShortener', names: ['LinkCreated', 'LinkDeleted'], now: () => NOW })

const metric = (Name: string) => ({ Name, Unit: 'Count' })

const line = (values: Record<string, number>) => ({
  _aws: {
    Timestamp: NOW,
    CloudWatchMetrics: [
      { Namespace: 'Stackyard/UrlShortener', Dimensions: [[]], Metrics: Object.keys(values).map(metric) },
    ],
  },
  ...values,
})

test('a count is written in the embedded metric format: declared under _aws, its value at the root', () => {
  const { count, flush } = newMetrics()
  count('LinkCreated')
  expect(flush()).toStrictEqual(line({ LinkCreated: 1 }))
})

test('the line keeps its meaning when it is logged', () => {
  const { count, flush } = newMetrics()
  count('LinkCreated', 2)
  expect(JSON.parse(JSON.stringify(redact(flush())))).toStrictEqual(line({ LinkCreated: 2 }))
})

test('counts add up, each name for itself', () => {
  const { count, flush } = newMetrics()
  count('LinkCreated')
  count('LinkDeleted', 4)
  count('LinkCreated', 2)
  expect(flush()).toStrictEqual(line({ LinkCreated: 3, LinkDeleted: 4 }))
})

test('a count of zero is a value too', () => {
  const { count, flush } = newMetrics()
  count('LinkCreated', 0)
  expect(flush()).toStrictEqual(line({ LinkCreated: 0 }))
})

test('only what was counted is declared', () => {
  const { count, flush } = newMetrics()
  count('LinkDeleted')
  expect(flush()).toStrictEqual(line({ LinkDeleted: 1 }))
})

test('nothing counted is nothing to log', () => {
  expect(newMetrics().flush()).toStrictEqual({})
})

test('a flush forgets, so that no count is written twice', () => {
  const { count, flush } = newMetrics()
  count('LinkCreated', 5)
  flush()
  expect(flush()).toStrictEqual({})
  count('LinkCreated')
  expect(flush()).toStrictEqual(line({ LinkCreated: 1 }))
})

test('two functions count for themselves', () => {
  const [one, other] = [newMetrics(), newMetrics()]
  one.count('LinkCreated')
  expect(other.flush()).toStrictEqual({})
})

test.each([
  'Undeclared',
  '_aws',
  'level',
  'constructor',
  '__proto__',
])('the name %s, which nobody declared, would be a new series: it is ignored', (name) => {
  const { count, flush } = newMetrics()
  Reflect.apply(count, undefined, [name])
  expect(flush()).toStrictEqual({})
})

test.each([
  'EmailSent',
  'TokenIssued',
])('the name %s, which would be redacted, is refused when it is declared', (name) => {
  expect(() => createMetrics({ namespace: 'Stackyard/Any', names: [name], now: () => NOW })).toThrow(name)
})
