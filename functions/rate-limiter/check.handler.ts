import { prewarm } from '../shared/aws/dynamodb.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createDecisionIds } from '../shared/rate-limit/refunds/decision-id.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, createMetrics } from '../shared/telemetry/metrics.ts'
import { countDecisions, DECISION_METRICS } from './check/count-decisions.ts'
import { decideChecks } from './check/decide-checks.ts'
import { reportWhenNeeded } from './check/report-when-needed.ts'
import { checkRoute } from './check/route.ts'
import { createPolicyBook } from './policy-book.ts'
import { createPolicyReads } from './store/read-policies.ts'

const runtime = createRuntime('rate-limiter-check')
const { now, random, telemetry, logger, newId } = runtime
const [table, keys] = [tableOfEnvironment(runtime), keysOfEnvironment(runtime)]
const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
const stack = requiredEnv('STACK_NAME')
const metrics = createMetrics({ namespace: 'Stackyard/RateLimiter', names: DECISION_METRICS, stack })
const { ping, ...reads } = createPolicyReads(table)
const [count, queueUrl] = [counter(metrics), requiredEnv('DENIALS_QUEUE_URL')]
const loadSend = async () => (await import('./store/denial-queue.ts')).createSendDenials(runtime, queueUrl)
const marks = { ...table, now, newId }
const loadRecord = async () => (await import('./store/neared-marks.ts')).createRecordNeared(marks)
const reporting = { loadSend, loadRecord, budgetMs, startTimer, now, newId, count }
const load = async () => (await import('./check/report.ts')).createReporter(reporting)

const check = checkRoute({
  decide: decideChecks({
    find: createPolicyBook({ ...reads, budgetMs, startTimer, now, random }),
    limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
    ids: createDecisionIds({ keys, randomBytes }),
    prepare: keys.signingKey,
    onDecided: countDecisions(count),
    report: reportWhenNeeded({ load, count }),
  }),
  tenancy: optionalEnv('TENANCY') === 'single' ? 'single' : 'multi',
})

export const handler = httpHandler({ ...telemetry, metrics, routes: { 'POST /v1/check': check } })

// The budget of a decision begins after this: the connection is open, and the signing key is known.
await Promise.all([prewarm(ping), prewarm(keys.signingKey)])
