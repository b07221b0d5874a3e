import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createDynamoDB, logEvents } from '../shared/data/dynamodb.ts'
import { createIdempotencyStore } from '../shared/data/idempotency-store.ts'
import { createCursors } from '../shared/http/cursor.ts'
import { edgeCheckOfEnvironment } from '../shared/http/edge-environment.ts'
import { type HttpRoute, httpHandler } from '../shared/http/handler.ts'
import { healthRoute } from '../shared/http/health.ts'
import { idempotency } from '../shared/http/idempotency.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { createLimiter, logDegraded } from '../shared/rate-limit/limiter.ts'
import { startTimer } from '../shared/resilience/timer.ts'
import { createRuntime } from '../shared/runtime.ts'
import { createKeys } from '../shared/secrets/secrets.ts'
import { secretsManagerReader } from '../shared/secrets/secrets-manager-reader.ts'
import { counter, createMetrics } from '../shared/telemetry/metrics.ts'
import { createClientOf } from './client-address.ts'
import { hashPassword } from './domain/password.ts'
import { LIMIT_BUDGET_MS, limitRoutes, reportsOfCode } from './limits.ts'
import { linkAnswers } from './manage/answer.ts'
import { isFinal } from './manage/create-bulk.ts'
import { createRoutes } from './manage/create-routes.ts'
import { linkRoutes } from './manage/routes.ts'
import { linkUseCases } from './manage/use-cases.ts'
import { blockLink, unblockLink } from './moderate/block-link.ts'
import { reportLink } from './moderate/report-link.ts'
import { moderationRoutes } from './moderate/routes.ts'
import { createBlockStore } from './store/blocks.ts'
import { createLinkStore } from './store/link-store.ts'
import { createReportStore } from './store/reports.ts'
import { unmatchedLinkRoute } from './unmatched-route.ts'

const { now, random, telemetry, logger, newId } = createRuntime('url-shortener-api')
const dynamodb = createDynamoDB({ now, random, onEvent: logEvents(logger) })
const tableName = requiredEnv('TABLE_NAME')
const apiUrl = requiredEnv('API_URL')
const publicUrl = requiredEnv('PUBLIC_URL')
const edgeUrl = optionalEnv('EDGE_URL') ?? apiUrl
const ownHosts = new Set([publicUrl, apiUrl, edgeUrl].map((url) => new URL(url).hostname))
const keys = createKeys({ read: secretsManagerReader({ secretId: requiredEnv('SIGNING_SECRET'), now }), now, random })
const metrics = createMetrics({
  namespace: 'Stackyard/UrlShortener',
  names: ['LinkCreated', 'LinkBlocked', 'LinkReported'],
  stack: requiredEnv('STACK_NAME'),
})

const tenancy = optionalEnv('TENANCY') === 'single' ? 'single' : 'multi'
const common = { ...linkAnswers({ apiUrl, publicUrl, now }), count: counter(metrics), tenancy } as const
const transactions = { dynamodb, tableName, random, newToken: newId }
const store = createLinkStore(transactions)
const blocks = createBlockStore(transactions)
const useCases = linkUseCases({
  store,
  newOperationId: newId,
  now,
  ownHosts,
  hashPassword: (password) => hashPassword(password, randomBytes),
})
const operations = {
  store: createIdempotencyStore(dynamodb, tableName),
  now,
  newOperationId: newId,
  leaseMs: Number(requiredEnv('TIMEOUT_MS')) + 1000,
}

const limit = createLimiter({
  ...{ dynamodb, tableName, now, random, startTimer },
  budgetMs: LIMIT_BUDGET_MS,
  onDegraded: logDegraded(logger),
})
const limited = (routes: Record<string, HttpRoute>) =>
  limitRoutes(routes, {
    limit,
    clientOf: createClientOf({ keys, now, isFromEdge: edgeCheckOfEnvironment({ now, random, logger }) }),
    tenancy,
    perSecond: Number(requiredEnv('TENANT_WRITES_PER_SECOND')),
  })

const health = healthRoute({ checks: { database: store.ping }, now })

export const handler = httpHandler({
  ...telemetry,
  metrics,
  routes: limited({
    ...createRoutes({
      ...common,
      create: useCases.create,
      idempotency: idempotency(operations),
      bulkIdempotency: idempotency({ ...operations, isFinal }),
    }),
    ...linkRoutes({ ...common, useCases, cursors: createCursors({ keys, randomBytes }) }),
    ...moderationRoutes({
      block: blockLink({ block: blocks.block, newOperationId: newId, now }),
      unblock: unblockLink({ unblock: blocks.unblock, newOperationId: newId, now }),
      report: reportLink({
        mayBeKept: reportsOfCode(limit),
        store: createReportStore(transactions),
        newOperationId: newId,
        now,
      }),
      count: counter(metrics),
      tenancy,
    }),
    'GET /health': health,
    'HEAD /health': health,
    $default: unmatchedLinkRoute({ routeKeys: requiredEnv('HTTP_ROUTES').split(','), publicUrl }),
  }),
})
