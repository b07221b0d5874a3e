import type { Table } from '../../shared/data/table.ts'
import type { Runtime } from '../../shared/runtime.ts'
import type { SendDenials } from '../check/report-denials.ts'
import type { RecordNeared } from '../check/report-neared.ts'

/** Loads the stores that reports go to, each with its first report: most environments of the check function need neither. */
export function lazyReportStores(runtime: Runtime & { table: Table }, queueUrl: string) {
  const { table, now, newId } = runtime
  return {
    loadSend: async (): Promise<SendDenials> =>
      (await import('./denial-queue.ts')).createSendDenials(runtime, queueUrl),
    loadRecord: async (): Promise<RecordNeared> =>
      (await import('./neared-marks.ts')).createRecordNeared({ ...table, now, newId }),
  }
}
