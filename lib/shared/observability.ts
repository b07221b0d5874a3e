import { Duration } from 'aws-cdk-lib'
import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { BURNS, BurnRateAlarms, burnRate } from './burn-rate-alarms.ts'
import type { HttpService } from './http-service.ts'
import { LogQueries } from './log-queries.ts'
import type { RealtimeApi } from './realtime-api.ts'
import type { WatchedApi } from './server-errors.ts'
import type { ServiceFunction } from './service-function.ts'
import type { WorkQueue } from './work-queue.ts'

export interface ObservabilityProps {
  readonly alarms: Alarms
  readonly functions: ServiceFunction[]
  /**
   * Functions behind a queue, a stream or a schedule, of a stack that has too many functions for a free dashboard. Of
   * them only the duration is plotted, and errors of none: each function has an alarm for those.
   *
   * @default none: everything is plotted for all functions
   */
  readonly workers?: ServiceFunction[]
  /** @default no API, and so no SLO */
  readonly http?: HttpService
  /** @default no WebSocket API */
  readonly realtime?: RealtimeApi
  /** @default no tables */
  readonly tables?: Table[]
  /** @default no queues */
  readonly queues?: WorkQueue[]
  /**
   * Graphs of the stack's own metrics: a row of up to three, below the APIs.
   *
   * @default no graphs
   */
  readonly graphs?: readonly StackGraph[]
  /**
   * The target share of requests, over 30 days, that the API does not answer with a 5xx.
   *
   * @default 0.999, which allows 43 minutes of outage in 30 days
   */
  readonly availability?: number
}

export interface StackGraph {
  readonly title: string
  readonly metrics: IMetric[]
}

/**
 * Adds what the person on call needs when an alarm fires, once a stack and last in it: a dashboard, an alarm for the
 * API's error budget, saved log queries. They use only metrics that exist anyway. A month costs $1.30 for the alarm of
 * an API, and $3 for each dashboard after the account's first three, which are free only with 50 metric references or
 * fewer each (a test counts them).
 */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id)
    const { alarms, functions, workers = [], http, realtime, tables = [], queues = [], graphs = [] } = props
    const { availability = 0.999 } = props
    if (http) new BurnRateAlarms(this, 'BurnRate', { watched: http, alarms, availability })
    new LogQueries(this, 'Queries', { logGroups: [...functions, ...workers].map(({ logGroup }) => logGroup) })
    new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(6),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: 24 })],
        ...(http ? [apiRow(http, availability)] : []),
        ...(realtime ? [realtimeRow(realtime)] : []),
        ...(graphs.length > 0 ? [graphs.map(({ title, metrics }) => graph(title, metrics))] : []),
        functionsRow(functions, workers),
        ...tables.map(tableRow),
        ...queueRows(queues, workers.length > 0),
      ],
    })
  }
}

function apiRow(watched: WatchedApi, availability: number): IWidget[] {
  const { api, postponed } = watched
  const latency = ['p50', 'p95', 'p99'].map((statistic) => api.metricLatency({ statistic, label: statistic }))
  const burns = BURNS.map(({ long }) => burnRate({ watched, availability, window: long, minimumErrors: 1 }))
  return [
    graph('API: requests', [
      api.metricCount({ statistic: 'Sum', label: 'requests' }),
      api.metricClientError({ statistic: 'Sum', label: '4xx' }),
      api.metricServerError({ statistic: 'Sum', label: '5xx' }),
      ...(postponed ? [postponed] : []),
    ]),
    graph('API: latency (ms)', latency),
    graph('API: burn rate of the error budget (1 is what 30 days allow)', burns),
  ]
}

/** Plots few metrics, because an API with a WebSocket often has one with routes, too; the other errors have alarms. */
function realtimeRow(realtime: RealtimeApi): IWidget[] {
  return [
    graph('WebSocket API: upgrades and messages', [
      realtime.metric('ConnectCount', 'Sum', 'upgrades'),
      realtime.metric('MessageCount', 'Sum', 'messages, both ways'),
    ]),
    graph('WebSocket API: errors', [
      realtime.failures,
      realtime.metric('IntegrationError', 'Sum', 'errors of functions'),
    ]),
    graph(
      'WebSocket API: latency of functions (ms)',
      ['p50', 'p99'].map((statistic) => realtime.metric('IntegrationLatency', statistic, statistic)),
    ),
  ]
}

/** Plots one line for each function, in the most useful graphs; alarms watch the throttles. */
function functionsRow(functions: ServiceFunction[], workers: ServiceFunction[]): IWidget[] {
  const lines = (of: ServiceFunction[], metricOf: (fn: ServiceFunction, label: string) => IMetric) =>
    of.map((each) => metricOf(each, each.node.id))
  const invocations = graph(
    'Functions: invocations',
    lines(functions, ({ function: fn }, label) => fn.metricInvocations({ statistic: 'Sum', label })),
  )
  const errors = graph(
    'Functions: errors',
    lines(functions, ({ function: fn }, label) => fn.metricErrors({ statistic: 'Sum', label })),
  )
  const duration = graph(
    'Functions: duration (ms, p99)',
    lines([...functions, ...workers], ({ function: fn }, label) => fn.metricDuration({ statistic: 'p99', label })),
  )
  return workers.length > 0 ? [invocations, duration] : [invocations, errors, duration]
}

function tableRow(table: Table): IWidget[] {
  const name = table.node.scope?.node.id
  return [
    graph(`${name}: consumed capacity (units)`, [
      table.metricConsumedReadCapacityUnits({ statistic: 'Sum', label: 'read' }),
      table.metricConsumedWriteCapacityUnits({ statistic: 'Sum', label: 'write' }),
    ]),
    graph(`${name}: throttles`, [
      table.metric('ReadThrottleEvents', { statistic: 'Sum', label: 'reads' }),
      table.metric('WriteThrottleEvents', { statistic: 'Sum', label: 'writes' }),
    ]),
  ]
}

/**
 * Plots one line for each queue on a crowded dashboard, its age: it tells whether the consumer keeps up. Dead letters are
 * among the alarms.
 */
function queueRows(queues: WorkQueue[], isCrowded: boolean): IWidget[][] {
  const ageOf = ({ queue }: WorkQueue, label: string) =>
    queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', label })
  if (isCrowded) {
    const ages = queues.map((each) => ageOf(each, each.node.id))
    return ages.length > 0 ? [[graph('Queues: age of the oldest (s)', ages)]] : []
  }
  return queues.map((each) => [
    graph(`${each.node.id}: messages`, [waiting(each.queue, 'waiting')]),
    graph(`${each.node.id}: age of the oldest (s)`, [ageOf(each, 'age')]),
    graph(`${each.node.id}: dead letters`, [waiting(each.deadLetters.queue, 'messages')]),
  ])
}

function waiting(queue: WorkQueue['queue'], label: string): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', label })
}

/** Places three graphs in a row. */
function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } })
}
