import { table } from '../support/document.ts'
import { dollars, PRICE_LIST, priceOf } from './price-list.ts'

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** A CloudFormation template, as far as it is read here. */
export interface CostedTemplate {
  readonly Resources?: Readonly<Record<string, Resource>>
}

type Properties = Readonly<Record<string, unknown>>
type Resources = Readonly<Record<string, Resource>>

/** How many units of a price a resource takes by the month, whether it is used or not. */
const MONTHLY: Record<string, (properties: Properties, resources: Resources) => Record<string, number>> = {
  'AWS::CloudWatch::Alarm': (properties) => ({ alarmMetric: alarmMetrics(properties) }),
  'AWS::CloudWatch::CompositeAlarm': () => ({ compositeAlarm: 1 }),
  'AWS::CloudWatch::Dashboard': () => ({ dashboard: 1 }),
  'AWS::Lambda::EventSourceMapping': idlePolls,
  'AWS::SecretsManager::Secret': () => ({ secret: 1 }),
}

/** Paid by use or not at all. A type that is in neither list has to be looked up. */
const BY_USE = new Set([
  ...['Api', 'Authorizer', 'Integration', 'Route', 'Stage'].map((name) => `AWS::ApiGatewayV2::${name}`),
  ...['Application', 'DeploymentGroup'].map((name) => `AWS::CodeDeploy::${name}`),
  ...['', 'Client', 'Domain', 'Group', 'ResourceServer'].map((name) => `AWS::Cognito::UserPool${name}`),
  // An archive is paid by what it holds.
  ...['Archive', 'EventBus', 'Rule'].map((name) => `AWS::Events::${name}`),
  ...['Policy', 'Role'].map((name) => `AWS::IAM::${name}`),
  ...['Alias', 'EventInvokeConfig', 'Function', 'Permission', 'Version'].map((name) => `AWS::Lambda::${name}`),
  ...['LogGroup', 'QueryDefinition'].map((name) => `AWS::Logs::${name}`),
  ...['Topic', 'TopicPolicy'].map((name) => `AWS::SNS::${name}`),
  ...['Queue', 'QueuePolicy'].map((name) => `AWS::SQS::${name}`),
  'AWS::DynamoDB::Table',
])

/**
 * Units of each price by the month, counted by types.
 *
 * @throws Error that names a resource whose cost nobody has looked up.
 */
export function monthlyUnits({ Resources = {} }: CostedTemplate): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    const provisioned = Type === 'AWS::DynamoDB::Table' && Properties.BillingMode !== 'PAY_PER_REQUEST'
    const units = MONTHLY[Type]?.(Properties, Resources)
    if (provisioned || (!units && !BY_USE.has(Type))) {
      throw new Error(`What ${id} (${Type}) costs while it is idle is not known: say so in tools/cost/idle-cost.ts.`)
    }
    for (const [name, count] of Object.entries(units ?? {})) total[name] = (total[name] ?? 0) + count
  }
  return total
}

/**
 * Lambda asks an empty queue by five pollers, each of which waits for 20 seconds: 15 times a minute as others have
 * measured it (https://github.com/getlift/lift/issues/132), over 30 days. It reads streams of DynamoDB for nothing.
 */
const IDLE_POLLS = (15 * 60 * 24 * 30) / 1e6

function idlePolls({ EventSourceArn }: Properties, resources: Resources): Record<string, number> {
  const [id, attribute] = (EventSourceArn as { 'Fn::GetAtt'?: [string, string] } | undefined)?.['Fn::GetAtt'] ?? []
  const source = id === undefined ? undefined : resources[id]
  if (source?.Type === 'AWS::DynamoDB::Table' && attribute === 'StreamArn') return {}
  if (source?.Type === 'AWS::SQS::Queue' && source.Properties?.FifoQueue !== true) return { sqsMillion: IDLE_POLLS }
  throw new Error('What Lambda asks of this source has no price in tools/cost/prices.json yet.')
}

/** An alarm is paid by the metrics that it looks at: those of an expression are several. */
function alarmMetrics({ Metrics, Period }: Properties): number {
  if (typeof Period === 'number' && Period < 60) throw new Error('An alarm of high resolution has another price.')
  return Array.isArray(Metrics) ? Metrics.filter((each) => each.MetricStat !== undefined).length : 1
}

/** In USD; `free`: what an account that has nothing else need not pay. */
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

/** A line of the table: a stack in a stage. */
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
