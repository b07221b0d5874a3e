import type { DecideChecksDeps } from './decide-checks.ts'
import { createDenialReporter, type DenialReporterOptions } from './report-denials.ts'
import { createNearedReporter, type NearedReporterOptions } from './report-neared.ts'

export type ReporterOptions = Omit<DenialReporterOptions, 'load' | 'count'> & {
  /** Load the stores that reports go to, each with its first report. */
  loadSend: DenialReporterOptions['load']
  loadRecord: NearedReporterOptions['load']
  count: (metric: 'DenialReportFailed' | 'NearedReportFailed') => void
}

/** Reports denials, fallback decisions and limits that are neared. */
export function createReporter({ loadSend, loadRecord, ...options }: ReporterOptions): DecideChecksDeps['report'] {
  const reporters = [
    createDenialReporter({ ...options, load: loadSend }),
    createNearedReporter({ ...options, load: loadRecord }),
  ]
  return async (made, signal) => {
    await Promise.all(reporters.map((report) => report(made, signal)))
  }
}
