import { prewarm } from '../shared/aws/dynamodb.ts'
import { requiredEnv, tenancyOfEnvironment } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { httpHandler } from '../shared/http/handler.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { createSignDecision } from '../shared/rate-limit/refunds/decision-id.ts'
import { createDecisionKey } from '../shared/rate-limit/refunds/decision-key.ts'
import { counter, metricsOfEnvironment } from '../shared/telemetry/metrics.ts'
import { countDecisions, DECISION_METRICS } from './check/count-decisions.ts'
import { decideChecks } from './check/decide-checks.ts'
import { reportWhenNeeded } from './check/report-when-needed.ts'
import { checkRoute } from './check/route.ts'
import { storeKey } from './check/store-key.ts'
import { createPolicyBook } from './policy-book.ts'
import { createPolicyReads } from './store/read-policies.ts'
import { lazyReportStores } from './store/report-stores.ts'

const runtime = createTableRuntime('rate-limiter-check')
const { table, now, random, randomBytes, startTimer, telemetry, logger } = runtime
const [key, budgetMs] = [createDecisionKey({ ...table, now }), Number(requiredEnv('LIMIT_BUDGET_MS'))]
const metrics = metricsOfEnvironment({ namespace: 'Stackyard/RateLimiter', names: DECISION_METRICS })
const [reads, count] = [createPolicyReads(table), counter(metrics)]
const reporting = { ...runtime, ...lazyReportStores(runtime, requiredEnv('DENIALS_QUEUE_URL')), budgetMs, count }
const load = async () => (await import('./check/report.ts')).createReporter(reporting)
const check = checkRoute({
  decide: decideChecks({
    find: createPolicyBook({ ...reads, budgetMs, startTimer, now, random }),
    limit: createLimiter({ ...table, now, random, startTimer, budgetMs, onDegraded: logDegraded(logger) }),
    sign: createSignDecision({ key, randomBytes }),
    prepare: storeKey({ key, budgetMs, startTimer }),
    onDecided: countDecisions(count),
    report: reportWhenNeeded({ load, count }),
  }),
  tenancy: tenancyOfEnvironment(),
})

export const handler = httpHandler({ ...telemetry, metrics, routes: { 'POST /v1/check': check } })

// The budget of a decision begins after this.
await prewarm(key.store)
