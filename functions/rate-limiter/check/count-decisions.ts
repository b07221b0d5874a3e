import type { DecideChecksDeps } from './decide-checks.ts'

export const DECISION_METRICS = [
  'CheckDenied',
  'CheckWouldDeny',
  'CheckDegraded',
  'DenialReportFailed',
  'NearedReportFailed',
] as const

/**
 * Counts what operators watch: requests that were denied, and those that a policy on trial would have denied, or that
 * the table could not decide.
 */
export function countDecisions(
  count: (metric: (typeof DECISION_METRICS)[number]) => void,
): DecideChecksDeps['onDecided'] {
  return ({ decided: { allowed, decisions } }) => {
    if (!allowed) count('CheckDenied')
    if (decisions.some(({ wouldDeny }) => wouldDeny)) count('CheckWouldDeny')
    if (decisions.some(({ degraded }) => degraded)) count('CheckDegraded')
  }
}
