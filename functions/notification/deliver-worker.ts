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
import { createOutboxProviders } from './outbox/providers.ts'
import { renderTemplate } from './templates/render.ts'
import { judgeQuietHours, mailHeaders, readInboxMarks, takeThrottle } from './unbuilt.ts'

/** All that workers read and write: `createDeliverStore` makes it. */
export interface DeliverStore {
  revise: Revise
  readCategory: ReadCategory
  readPerson: ReadPerson
  readStanding: ReadStanding
  readTemplate: ReadTemplate
  keep: KeepMessage
}

export interface DeliverWorkerOptions
  extends Pick<Runtime, 'now' | 'random' | 'telemetry' | 'newId'>,
    Pick<QueueHandlerOptions<Turn>, 'setAside' | 'metrics'> {
  store: DeliverStore
  sendTurns: SendTurns
  hasOutbox: boolean
  /** The function's timeout, in milliseconds. */
  timeoutMs: number
}

/** The time of one turn: a webhook may take 15 seconds. */
const MESSAGE_MS = 20_000

/** Creates the Lambda function that delivers what one of the queues names. */
export function deliverWorker(options: DeliverWorkerOptions) {
  const { store, now, random, telemetry, newId, timeoutMs, setAside, metrics } = options
  const deliver = createDeliver({
    revise: store.revise,
    situate: createSituate({ ...store, judgeQuietHours, readInboxMarks, takeThrottle, now }),
    renderParts: createRenderParts({ readTemplate: store.readTemplate, render: renderTemplate }),
    mailHeaders,
    providers: createOutboxProviders({ keep: store.keep, now, hasOutbox: options.hasOutbox }),
    sendTurns: options.sendTurns,
    leaseMs: timeoutMs + 1000,
    newToken: newId,
    now,
    random,
  })
  return queueHandler({
    ...telemetry,
    read: readTurn,
    causedBy: causeOf,
    async handle(turn, { signal, logger }) {
      const { outcome, messages } = await deliver(turn, signal)
      logger.info('turn handled', { outcome, messages })
      return undefined
    },
    setAside,
    metrics,
    messageMs: MESSAGE_MS,
  })
}
