import { logCallEvents } from '../shared/aws/create-send.ts'
import { createSqs } from '../shared/aws/sqs.ts'
import { optionalEnv, requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { urlRulesOfEnvironment } from '../shared/outbound/url-rules.ts'
import { setAsideOfEnvironment } from '../shared/queue/set-aside.ts'
import { lazyLimiter } from '../shared/rate-limit/lazy-limiter.ts'
import { configuredProviders, providerRates } from './configured-providers.ts'
import { type DeliverWorkerOptions, deliverWorker } from './deliver-worker.ts'
import { createDeliverStore } from './store/deliver-store.ts'
import { pushLiveOfRuntime } from './store/push-live.ts'
import { createSendReceipt } from './store/receipt-queue.ts'
import { createSendTurns } from './store/turn-queues.ts'

export interface DeliverOfEnvironmentOptions extends Pick<DeliverWorkerOptions, 'metrics'> {
  /** The name of the function in its log lines. */
  service: string
}

/**
 * Creates the function that delivers what one of the queues names. The queues of all priorities are worked off alike.
 *
 * @throws Error when a variable of the environment is missing.
 */
export function deliverOfEnvironment({ service, metrics }: DeliverOfEnvironmentOptions) {
  const runtime = createTableRuntime(service)
  const { table, now, random, randomBytes, startTimer, logger, newId } = runtime
  const settings = JSON.parse(optionalEnv('PROVIDER_SETTINGS') ?? '{}')
  const budgetMs = Number(requiredEnv('LIMIT_BUDGET_MS'))
  const sqs = createSqs({ now, random, onEvent: logCallEvents(logger, 'sqs') })

  return deliverWorker({
    ...runtime,
    store: createDeliverStore({ ...table, now, random, randomBytes, startTimer, newId }),
    sendTurns: createSendTurns({ sqs, queueUrlOf: () => requiredEnv('QUEUE_URL'), now, random, startTimer }),
    sendReceipt: createSendReceipt({ sqs, queueUrl: requiredEnv('FEEDBACK_QUEUE_URL'), now }),
    hasOutbox: optionalEnv('OUTBOX') === 'true',
    publicUrl: requiredEnv('PUBLIC_URL'),
    push: pushLiveOfRuntime(runtime),
    configured: configuredProviders(settings, { now, random, onEvent: logCallEvents(logger, 'provider') }),
    rates: providerRates(settings),
    limit: lazyLimiter({ ...table, now, random, startTimer, budgetMs, logger }),
    urlRules: urlRulesOfEnvironment(),
    timeoutMs: Number(requiredEnv('TIMEOUT_MS')),
    setAside: setAsideOfEnvironment(runtime),
    metrics,
  })
}
