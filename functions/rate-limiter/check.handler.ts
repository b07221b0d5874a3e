import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createDecisionIds } from '../shared/rate-limit/refunds/decision-id.ts'
import { keysOfEnvironment } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { countDecisions, DECISION_METRICS } from './check/count-decisions.ts'
import { decideChecks } from './check/decide-checks.ts'
import { reportWhenNeeded } from './check/report-when-needed.ts'
import { checkRoute } from './check/route.ts'
import { createPolicyBook } from './policy-book.ts'
import { createPolicyReads } from './store/read-policies.ts'
import { lazyReportStores } from './store/report-stores.ts'

const runtime = createTableRuntime('rate-limiter-check')
const { table, now, random, randomBytes, startTimer, telemetry, logger } = runtime
const [keys, budgetMs] = [keysOfEnvironment(runtime), Number(requiredEnv('LIMIT_BUDGET_MS'))]
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/RateLimiter', names: DECISION_METRICS })
const [{ ping, ...reads }, count] = [createPolicyReads(table), counter(metrics)]
const reporting = { ...runtime, ...lazyReportStores(runtime, requiredEnv('DENIALS_QUEUE_URL')), budgetMs, count }
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
  tenancy: tenancyOfEnvironment(),
})

export const handler = httpHandler({ ...telemetry, metrics, routes: { 'POST /v1/check': check } })

// The budget of a decision begins after this: the connection is open, and the signing key is known.
await Promise.all([prewarm(ping), prewarm(keys.signingKey)])
