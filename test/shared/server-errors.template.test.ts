import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { HttpService } from '../../lib/shared/http-service.ts'
import { Observability } from '../../lib/shared/observability.ts'
import { stackOfConstructs } from '../support/constructs.ts'
import { at, objectsIn, ofType, type Resource, referenced, resourcesIn, STAGES } from '../support/templates.ts'

const POSTPONED = new Metric({ namespace: 'Test', metricName: 'Postponed', statistic: 'Sum' })

/** The resources of a system with an API. */
function system(postponed?: Metric): Resource[] {
  const { resources } = stackOfConstructs('prod', ({ stack, stage, alarms, fn }) => {
    const issuer = { url: 'https://issuer.example/', audience: ['api'] }
    const http = new HttpService(stack, 'Http', { stage, alarms, issuer, ...(postponed && { postponed }) })
    const answering = fn('Answering')
    http.defaultRoute(answering)
    new Observability(stack, 'Observability', { alarms, http, functions: [answering] })
  })
  return resources
}

const withPurpose = system(POSTPONED)

const metricsIn = (properties: unknown) => objectsIn(properties).filter((object) => 'MetricName' in object)
/** Alarms on the 5xx answers of an API. */
const watching = (resources: Resource[]) =>
  ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ properties }) =>
    metricsIn(properties).some(({ MetricName }) => MetricName === '5xx'),
  )
const ownIn = ({ properties }: Resource) =>
  metricsIn(properties)
    .filter(({ Namespace }) => !String(Namespace).startsWith('AWS/'))
    .map(({ Namespace, MetricName }) => `${Namespace}/${MetricName}`)
const formulasOf = (resources: Resource[]) =>
  watching(resources)
    .flatMap(({ properties }) => objectsIn(properties.Metrics))
    .flatMap(({ Expression }) => Expression ?? [])

test('5xx answers on purpose are subtracted from the API’s 5xx, in the alarm and in the burn rates', () => {
  expect(watching(withPurpose).map(ownIn)).toEqual(Array(5).fill(['Test/Postponed']))
  const errors = (suffix = '') => `(errors${suffix} - IF(errors${suffix}, postponed${suffix}, errors${suffix}))`
  const burn = (suffix: string, least: number) =>
    `IF(${errors(suffix)} >= ${least}, ${errors(suffix)} / requests${suffix} / 0.001, 0)`
  expect(formulasOf(withPurpose)).toEqual([
    errors(),
    ...[burn('60m', 5), burn('5m', 1), burn('360m', 5), burn('30m', 1)],
  ])
})

test('no series is filled: before the first postponed answer there is none, and the API’s newest count is not invented', () => {
  for (const formula of formulasOf(withPurpose)) expect(formula).not.toContain('FILL')
})

test('both are summed over the same period', () => {
  for (const { properties } of watching(withPurpose)) {
    const stats = objectsIn(properties.Metrics).flatMap(({ MetricStat }) => MetricStat ?? [])
    expect(new Set(stats.map((stat) => at(stat, 'Stat')))).toEqual(new Set(['Sum']))
    expect(new Set(stats.map((stat) => at(stat, 'Period'))).size).toBe(1)
  }
})

test('an API without such answers needs no formula: every 5xx counts', () => {
  const resources = system()
  expect(watching(resources).flatMap(ownIn)).toEqual([])
  expect(watching(resources).map(({ properties }) => properties.MetricName)).toContain('5xx')
})

test('a version is rolled back by the alarm that subtracts answers on purpose', () => {
  const [group] = ofType(withPurpose, 'AWS::CodeDeploy::DeploymentGroup')
  const rolling = objectsIn(at(group?.properties, 'AlarmConfiguration')).map(referenced)
  const [byApi] = watching(withPurpose).filter(({ id }) => rolling.includes(id))
  expect(byApi && ownIn(byApi)).toEqual(['Test/Postponed'])
})

test.each(STAGES)('in %s, all alarms of a stack on an API’s 5xx subtract the same', (stage) => {
  const byStack = Map.groupBy(watching(resourcesIn(stage)), ({ stack }) => stack)
  expect(byStack.size).toBeGreaterThan(0)
  for (const [stack, alarms] of byStack) {
    expect([stack, new Set(alarms.map((alarm) => ownIn(alarm).join())).size]).toEqual([stack, 1])
  }
})
