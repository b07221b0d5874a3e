import { type QueueHandlerOptions, queueHandler } from '../shared/queue/queue-handler.ts'
import type { Runtime } from '../shared/runtime.ts'
import { createDeliver } from './deliver/deliver.ts'
import { createRenderParts } from './deliver/render-parts.ts'
import { createSituate } from './deliver/situate.ts'
import { causeOf, readTurn, type SendTurns, type Turn } from './deliver/turn.ts'
import type { ReadCategory } from './domain/category.ts'
import type { Revise } from './domain/moves.ts'
import type { ReadPerson, ReadStanding } from './domain/person.ts'
import type { ReadTemplate } from './domain/template.ts'
import type { KeepMessage } from './outbox/outbox.ts'
import { renderTemplate } from './templates/render.ts'
import { judgeQuietHours, mailHeaders, readInboxMarks, takeThrottle } from './unbuilt.ts'
import { type ReadNotification, type Replay, readReplay, runReplay } from './webhooks/replay.ts'
import { createWorkerProviders, type ProviderStore, type WorkerProvidersOptions } from './worker-providers.ts'

/** All that workers read and write: `createDeliverStore` makes it. */
export interface DeliverStore extends ProviderStore {
  readNotification: ReadNotification
  revise: Revise
  readCategory: ReadCategory
  readPerson: ReadPerson
  readStanding: ReadStanding
  readTemplate: ReadTemplate
  keep: KeepMessage
}

export interface DeliverWorkerOptions
  extends Pick<Runtime, 'now' | 'random' | 'startTimer' | 'logger' | 'telemetry' | 'newId'>,
    Pick<WorkerProvidersOptions, 'hasOutbox' | 'configured' | 'rates' | 'limit' | 'urlRules' | 'sendReceipt'>,
    Pick<QueueHandlerOptions<Turn | Replay>, 'setAside' | 'metrics'> {
  store: DeliverStore
  sendTurns: SendTurns
  /** The function's timeout, in milliseconds. */
  timeoutMs: number
}

/** The time of one turn: a webhook may take 15 seconds. */
const MESSAGE_MS = 20_000

/** Creates the Lambda function that delivers what one of the queues names. */
export function deliverWorker(options: DeliverWorkerOptions) {
  const { store, now, random, telemetry, newId, timeoutMs, setAside, metrics } = options
  const providers = createWorkerProviders({ ...options, keep: store.keep })
  const renderParts = createRenderParts({ readTemplate: store.readTemplate, render: renderTemplate })
  const deliver = createDeliver({
    revise: store.revise,
    situate: createSituate({ ...store, judgeQuietHours, readInboxMarks, takeThrottle, now }),
    renderParts,
    mailHeaders,
    providers,
    sendTurns: options.sendTurns,
    leaseMs: timeoutMs + 1000,
    newToken: newId,
    now,
    random,
  })
  const replay = runReplay({
    ...store,
    async renderBody(notification, signal) {
      const { tenant, to } = notification
      const person = 'userId' in to ? await store.readPerson({ tenant, userId: to.userId }, signal) : undefined
      const rendered = await renderParts({ notification, channel: 'webhook', person }, signal)
      return rendered.outcome === 'rendered' ? rendered.parts.body : undefined
    },
    providers,
    now,
  })
  return queueHandler<Turn | Replay>({
    ...telemetry,
    read: (body) => readReplay(body) ?? readTurn(body),
    causedBy: (message) => (isReplay(message) ? replayCause(message) : causeOf(message)),
    async handle(message, { signal, logger }) {
      if (isReplay(message)) {
        await replay(message, signal)
        return undefined
      }
      const { outcome, messages } = await deliver(message, signal)
      logger.info('turn handled', { outcome, messages })
      return undefined
    },
    setAside,
    metrics,
    messageMs: MESSAGE_MS,
  })
}

function isReplay(message: Turn | Replay): message is Replay {
  return 'kind' in message
}

function replayCause({ notificationId, endpointId, cause }: Replay) {
  return { ...cause, id: `${notificationId}-replay-${endpointId}` }
}
