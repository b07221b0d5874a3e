import { table } from '../support/document.ts'
import { dollars, PRICE_LIST, priceOf } from './price-list.ts'

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** The parts of a CloudFormation template that are read here. */
export interface CostedTemplate {
  readonly Resources?: Readonly<Record<string, Resource>>
}

type Properties = Readonly<Record<string, unknown>>
type Resources = Readonly<Record<string, Resource>>

/** Returns the units of a price that a resource uses in a month, even when idle. */
const MONTHLY: Record<string, (properties: Properties, resources: Resources) => Record<string, number>> = {
  'AWS::CloudWatch::Alarm': (properties) => ({ alarmMetric: alarmMetrics(properties) }),
  'AWS::CloudWatch::CompositeAlarm': () => ({ compositeAlarm: 1 }),
  'AWS::CloudWatch::Dashboard': () => ({ dashboard: 1 }),
  'AWS::KMS::Key': () => ({ key: 1 }),
  'AWS::Lambda::EventSourceMapping': idlePolls,
  'AWS::SecretsManager::Secret': () => ({ secret: 1 }),
}

/** Types that are charged by use or not at all. A type that is in neither list has to be looked up. */
const BY_USE = new Set([
  ...['Api', 'Authorizer', 'Integration', 'Route', 'RouteResponse', 'Stage'].map(
    (name) => `AWS::ApiGatewayV2::${name}`,
  ),
  ...['Application', 'DeploymentGroup'].map((name) => `AWS::CodeDeploy::${name}`),
  ...['', 'Client', 'Domain', 'Group', 'ResourceServer'].map((name) => `AWS::Cognito::UserPool${name}`),
  // An archive is charged by the data that it holds.
  ...['Archive', 'EventBus', 'Rule'].map((name) => `AWS::Events::${name}`),
  ...['Policy', 'Role'].map((name) => `AWS::IAM::${name}`),
  ...['Alias', 'EventInvokeConfig', 'Function', 'Permission', 'Version'].map((name) => `AWS::Lambda::${name}`),
  ...['LogGroup', 'QueryDefinition'].map((name) => `AWS::Logs::${name}`),
  ...['Bucket', 'BucketPolicy'].map((name) => `AWS::S3::${name}`),
  ...['Topic', 'TopicPolicy'].map((name) => `AWS::SNS::${name}`),
  ...['Queue', 'QueuePolicy'].map((name) => `AWS::SQS::${name}`),
  'AWS::DynamoDB::Table',
])

/**
 * Counts the units of each price in a month, by resource type.
 *
 * @throws Error that names a resource of unknown cost.
 */
export function monthlyUnits({ Resources = {} }: CostedTemplate): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    const provisioned = Type === 'AWS::DynamoDB::Table' && Properties.BillingMode !== 'PAY_PER_REQUEST'
    const units = MONTHLY[Type]?.(Properties, Resources)
    if (provisioned || (!units && !BY_USE.has(Type))) {
      throw new Error(`The idle cost of ${id} (${Type}) is unknown: add it to tools/cost/idle-cost.ts.`)
    }
    for (const [name, count] of Object.entries(units ?? {})) total[name] = (total[name] ?? 0) + count
  }
  return total
}

/**
 * Requests of Lambda's five pollers to an empty queue, each of which waits for 20 seconds: 15 a minute as others have
 * measured (https://github.com/getlift/lift/issues/132), over 30 days. Lambda reads streams of DynamoDB free of charge.
 */
const IDLE_POLLS = (15 * 60 * 24 * 30) / 1e6

function idlePolls({ EventSourceArn }: Properties, resources: Resources): Record<string, number> {
  const [id, attribute] = (EventSourceArn as { 'Fn::GetAtt'?: [string, string] } | undefined)?.['Fn::GetAtt'] ?? []
  const source = id === undefined ? undefined : resources[id]
  if (source?.Type === 'AWS::DynamoDB::Table' && attribute === 'StreamArn') return {}
  if (source?.Type === 'AWS::SQS::Queue') {
    return source.Properties?.FifoQueue === true ? { sqsFifoMillion: IDLE_POLLS } : { sqsMillion: IDLE_POLLS }
  }
  throw new Error('Polling this source has no price in tools/cost/prices.json yet.')
}

/** Counts the metrics that an alarm evaluates, which are charged one by one: an expression has several. */
function alarmMetrics({ Metrics, Period }: Properties): number {
  if (typeof Period === 'number' && Period < 60) throw new Error('A high-resolution alarm has another price.')
  return Array.isArray(Metrics) ? Metrics.filter((each) => each.MetricStat !== undefined).length : 1
}

/** Costs in USD; `free` is the part that an otherwise empty account gets for free. */
export function monthlyCost(units: Readonly<Record<string, number>>): { list: number; afterFree: number } {
  let [list, afterFree] = [0, 0]
  for (const [name, count] of Object.entries(units)) {
    const { usd, freeUnits = 0 } = priceOf(name)
    list += usd * count
    afterFree += usd * Math.max(0, count - freeUnits)
  }
  return { list, afterFree }
}

const COLUMNS = Object.entries(PRICE_LIST.prices).filter(([, { unit }]) => unit !== undefined)

/** A row of the table: a stack in a stage. */
export function idleRow(name: string, template: CostedTemplate): string[] {
  const units = monthlyUnits(template)
  const { list, afterFree } = monthlyCost(units)
  return [
    name,
    ...COLUMNS.map(([price]) => String(Number((units[price] ?? 0).toFixed(2)))),
    dollars(list),
    dollars(afterFree),
  ]
}

export function idleTable(rows: string[][]): string {
  return table(['stack', ...COLUMNS.map(([, { unit = '' }]) => unit), 'list price', 'free tier taken off'], rows)
}
