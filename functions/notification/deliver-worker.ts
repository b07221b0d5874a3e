import { type QueueHandlerOptions, queueHandler } from '../shared/queue/queue-handler.ts'
import type { Runtime } from '../shared/runtime.ts'
import { createDeliver } from './deliver/deliver.ts'
import { createFollow } from './deliver/follow.ts'
import { createGather } from './deliver/gather.ts'
import { createReadGathering } from './deliver/read-gathering.ts'
import type { ReadInboxMarks } from './deliver/read-marks.ts'
import { createRenderParts } from './deliver/render-parts.ts'
import { createSituate } from './deliver/situate.ts'
import { causeOf, readTurn, type SendTurns, type Turn } from './deliver/turn.ts'
import type { ReadCategory, TakeThrottle } from './domain/category.ts'
import type { PushLive } from './domain/live.ts'
import type { Revise } from './domain/moves.ts'
import type { ReadPerson, ReadStanding } from './domain/person.ts'
import { judgeQuietHours } from './domain/quiet-hours.ts'
import type { ReadTemplate, Render, RenderOutcome } from './domain/template.ts'
import type { IssueUnsubscribeToken } from './domain/unsubscription.ts'
import type { ReadWindow } from './domain/window.ts'
import type { ReadInbox } from './inbox/list-inbox.ts'
import { type AddToInbox, createInboxProvider } from './inbox/provider.ts'
import type { KeepMessage } from './outbox/outbox.ts'
import { createMailHeaders } from './unsubscribe/mail-headers.ts'
import { type ReadNotification, type Replay, readReplay } from './webhooks/replay.ts'
import type { RunReplay } from './webhooks/run-replay.ts'
import { createWorkerProviders, type ProviderStore, type WorkerProvidersOptions } from './worker-providers.ts'

/** All that workers read and write: `createDeliverStore` makes it. */
export interface DeliverStore extends ProviderStore {
  readNotification: ReadNotification
  revise: Revise
  readCategory: ReadCategory
  readPerson: ReadPerson
  readStanding: ReadStanding
  readTemplate: ReadTemplate
  readWindow: ReadWindow
  takeThrottle: TakeThrottle
  addToInbox: AddToInbox
  readInboxHead: ReadInbox['head']
  readInboxMarks: ReadInboxMarks
  issueToken: IssueUnsubscribeToken
  keep: KeepMessage
}

export interface DeliverWorkerOptions
  extends Pick<Runtime, 'now' | 'random' | 'startTimer' | 'logger' | 'telemetry' | 'newId'>,
    Pick<WorkerProvidersOptions, 'hasOutbox' | 'configured' | 'rates' | 'limit' | 'urlRules' | 'sendReceipt'>,
    Pick<QueueHandlerOptions<Turn | Replay>, 'setAside' | 'metrics'> {
  store: DeliverStore
  sendTurns: SendTurns
  /** The start of the API's URLs, for links in mails. */
  publicUrl: string
  push: PushLive
  /** The function's timeout, in milliseconds. */
  timeoutMs: number
}

/** The time of one turn: a webhook may take 15 seconds. */
const MESSAGE_MS = 20_000

/** Creates the Lambda function that delivers what one of the queues names. */
export function deliverWorker(options: DeliverWorkerOptions) {
  const { store, now, random, logger, telemetry, newId, timeoutMs, setAside, metrics } = options
  const onFailure = (error: unknown) => logger.error('inbox failed', { error })
  const inbox = createInboxProvider({
    add: store.addToInbox,
    readHead: store.readInboxHead,
    push: options.push,
    onFailure,
  })
  const configured = [...options.configured, inbox]
  const providers = createWorkerProviders({ ...options, configured, keep: store.keep })
  const renderParts = createRenderParts({ readTemplate: store.readTemplate, render: renderLazily })
  const deliver = createDeliver({
    revise: store.revise,
    situate: createSituate({
      ...store,
      judgeQuietHours,
      readGathering: createReadGathering({ ...store, renderParts, now }),
      now,
    }),
    gather: createGather({ ...store, now }),
    follow: createFollow({ ...store, now }),
    renderParts,
    mailHeaders: createMailHeaders({ issueToken: store.issueToken, publicUrl: options.publicUrl }),
    providers,
    sendTurns: options.sendTurns,
    leaseMs: timeoutMs + 1000,
    newToken: newId,
    newId,
    now,
    random,
  })
  let replay: Promise<RunReplay> | undefined
  const loadReplay = async () => {
    const { createReplay } = await import('./replay-worker.ts')
    const { revise, readNotification, readEndpoint, readPerson } = store
    return createReplay({ revise, readNotification, readEndpoint, readPerson, renderParts, providers, now })
  }
  return queueHandler<Turn | Replay>({
    ...telemetry,
    read: (body) => readReplay(body) ?? readTurn(body),
    causedBy: (message) => (isReplay(message) ? replayCause(message) : causeOf(message)),
    async handle(message, { signal, logger }) {
      if (isReplay(message)) {
        replay ??= loadReplay()
        await (await replay)(message, signal)
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

/** Loads the language of templates with the first one: many notifications have none. */
async function renderLazily(...asked: Parameters<Render>): Promise<RenderOutcome> {
  const { renderTemplate } = await import('./templates/render.ts')
  return renderTemplate(...asked)
}

function isReplay(message: Turn | Replay): message is Replay {
  return 'kind' in message
}

/** Returns what a replay's log lines are found by. Callers choose the name of an endpoint, which no log may have. */
function replayCause({ notificationId, cause }: Replay) {
  return { ...cause, id: `${notificationId}-replay` }
}
