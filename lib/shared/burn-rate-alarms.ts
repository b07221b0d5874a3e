import { Duration } from 'aws-cdk-lib'
import { type Alarm, AlarmRule, AlarmState, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { serverErrors, type WatchedApi } from './server-errors.ts'

export interface BurnRateAlarmsProps {
  readonly watched: WatchedApi
  readonly alarms: Alarms
  /** The target share of requests, over 30 days, that are not answered with a 5xx, as in 0.999. */
  readonly availability: number
}

/**
 * A burn rate of 1 uses up the error budget in exactly 30 days. The windows and rates are those of Google's SRE
 * workbook, https://sre.google/workbook/alerting-on-slos/ (chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"): 14.4 for
 * one hour is 2 % of the budget (14.4 x 1 h / 720 h), 6 for six hours is 5 %. The short window, a twelfth of the long
 * one, ends the alarm soon after the errors end. The workbook's third pair (1 for three days) asks for a ticket, and
 * nobody here reads tickets: the dashboard shows it.
 */
export const BURNS = [
  { id: 'Fast', rate: 14.4, long: Duration.hours(1), short: Duration.minutes(5) },
  { id: 'Slow', rate: 6, long: Duration.hours(6), short: Duration.minutes(30) },
] as const

/**
 * A long window with fewer failed requests than this doesn't count. One error at night may be half of all requests; a
 * minimum number of requests instead would hide that a quiet API is down.
 */
const MINIMUM_ERRORS = 5

/**
 * Adds one alarm that fires when an API spends its error budget much too fast, over both windows of a pair. It is a
 * composite alarm, because all metrics of a plain alarm share its period; its four child alarms notify nobody.
 *
 * It costs $1.30 a month, because a math alarm is billed by its metrics: 4 alarms x 2 metrics x $0.10 + $0.50. It costs
 * $0.40 more for an API that answers with a 5xx on purpose.
 */
export class BurnRateAlarms extends Construct {
  constructor(scope: Construct, id: string, { watched, alarms, availability }: BurnRateAlarmsProps) {
    super(scope, id)
    checkAvailability(availability)
    const runbook = 'slo-burn-rate'
    const pairs = BURNS.map(({ id, rate, long, short }) => {
      const part = (name: string, window: Duration, minimumErrors: number): Alarm =>
        alarms.addPart(this, `${id}${name}Alarm`, {
          metric: burnRate({ watched, availability, window, minimumErrors }),
          threshold: rate,
          description: `Over ${window.toHumanString()}, 5xx used up the error budget ${rate} times as fast as allowed.`,
          runbook,
        })
      return [part('Long', long, MINIMUM_ERRORS), part('Short', short, 1)]
    })
    const isRinging = (alarm: Alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)
    alarms.addComposite(this, 'Alarm', {
      rule: AlarmRule.anyOf(...pairs.map((pair) => AlarmRule.allOf(...pair.map(isRinging)))),
      description: `The API spends the error budget of its ${percent(availability)} availability much too fast.`,
      runbook,
    })
  }
}

/**
 * The burn rate of an API: how many times as fast as allowed it spends its error budget. It has no datapoint while the
 * API gets no requests.
 */
export function burnRate(options: {
  watched: WatchedApi
  availability: number
  window: Duration
  minimumErrors: number
}): MathExpression {
  const { watched, availability, window, minimumErrors } = options
  // Two of these can share a graph, so the ids must differ by metric and period.
  const suffix = `${window.toMinutes()}m`
  const { expression: errors, usingMetrics } = serverErrors(watched, suffix)
  const requests = `requests${suffix}`
  return new MathExpression({
    expression: `IF(${errors} >= ${minimumErrors}, ${errors} / ${requests} / ${errorBudget(availability)}, 0)`,
    usingMetrics: { ...usingMetrics, [requests]: watched.api.metricCount({ statistic: 'Sum' }) },
    period: window,
    label: `burn rate over ${window.toHumanString()}`,
  })
}

/** The error budget, rounded because 1 - 0.999 is 0.0010000000000000009. */
function errorBudget(availability: number): number {
  return Number((1 - availability).toPrecision(6))
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`
}

function checkAvailability(availability: number): void {
  const highest = 1 / errorBudget(availability)
  if (availability < 1 && highest > BURNS[0].rate) return
  throw new Error(
    `An availability of ${availability} can't be watched: it must be below 1 and above ${(1 - 1 / BURNS[0].rate).toFixed(3)}, ` +
      `or an API that is down burns at ${highest.toFixed(1)}, which never reaches ${BURNS[0].rate}.`,
  )
}
