import type { DecideChecksDeps } from './decide-checks.ts'
import { createDenialReporter, type DenialReporterOptions } from './report-denials.ts'
import { createNearedReporter, type NearedReporterOptions } from './report-neared.ts'

export type ReporterOptions = Omit<DenialReporterOptions, 'load' | 'count'> & {
  /** Load what sends denials, and what records limits that are neared, when the first of them is there. */
  loadSend: DenialReporterOptions['load']
  loadRecord: NearedReporterOptions['load']
  count: (metric: 'DenialReportFailed' | 'NearedReportFailed') => void
}

/** Reports denials, what `onError` decided, and limits that are neared. */
export function createReporter({ loadSend, loadRecord, ...options }: ReporterOptions): DecideChecksDeps['report'] {
  const reporters = [
    createDenialReporter({ ...options, load: loadSend }),
    createNearedReporter({ ...options, load: loadRecord }),
  ]
  return async (made, signal) => {
    await Promise.all(reporters.map((report) => report(made, signal)))
  }
}
