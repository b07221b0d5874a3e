import { filesOfEnvironment } from '../shared/aws/files.ts'
import { requiredEnv } from '../shared/config/env.ts'
import { leaseLockOfEnvironment } from '../shared/data/lease-environment.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { QUEUE_METRICS, queueHandler } from '../shared/queue/queue-handler.ts'
import { sendMessageOfEnvironment } from '../shared/queue/send-message.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import type { ExportProgress } from './export/export-links.ts'
import { type JobStepsDeps, jobHandler, LEASE_KEPT_MS, MESSAGE_MS, readMessage, runJobStep } from './job-steps.ts'
import { createJobStore } from './store/jobs.ts'
import { createLinkStore } from './store/link-store.ts'

const runtime = createTableRuntime('url-shortener-run-jobs')
const { table, now, random, telemetry, newId } = runtime
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/UrlShortener', names: [...QUEUE_METRICS, 'LinkCreated'] })
const links = createLinkStore({ ...table, random, newToken: newId })
const [publicUrl, ownUrls] = [requiredEnv('PUBLIC_URL'), requiredEnv('OWN_URLS').split(',')]
const loadFiles = filesOfEnvironment(runtime)

// Each kind of step loads its code with the first one: together it would exceed the budget of a bundle.
const steps: JobStepsDeps['steps'] = {
  async import(...asked) {
    const { importLinks } = await import('./import/import-links.ts')
    const { rowCreator } = await import('./manage/create-one.ts')
    const createLink = rowCreator({ ...links, ownUrls, now, count: counter(metrics) })
    const { read: readFile } = await loadFiles()
    return importLinks({ jobs: createJobStore(table, 'import'), readFile, createLink, now })(...asked)
  },
  async export(...asked) {
    const { exportLinks } = await import('./export/export-links.ts')
    const [jobs, files] = [createJobStore<ExportProgress>(table, 'export'), await loadFiles()]
    return exportLinks({ ...links, jobs, files, publicUrl, now })(...asked)
  },
}
const lock = leaseLockOfEnvironment(runtime, { keptMs: LEASE_KEPT_MS })
const run = runJobStep({ lock, steps, send: sendMessageOfEnvironment(runtime), now })
const queue = { read: readMessage, handle: jobHandler(run), setAside: setAsideOfEnvironment(runtime) }

export const handler = queueHandler({ ...telemetry, ...queue, metrics, messageMs: MESSAGE_MS })
