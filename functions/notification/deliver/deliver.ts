import type { Random } from '../../shared/clock.ts'
import type { Revise } from '../domain/moves.ts'
import type { OutgoingMessage, Providers, Sent } from '../domain/provider.ts'
import { createDecideTurn, type DecideTurnDeps, type Next } from './decide-turn.ts'
import type { Follow } from './follow.ts'
import { settled } from './settle.ts'
import type { SendTurns, Turn } from './turn.ts'

/** Returns the headers of a mail beside its own, such as `List-Unsubscribe`. */
export type MailHeaders = (
  of: { readonly tenant: string; readonly category: string; readonly address: string; readonly required: boolean },
  signal: AbortSignal,
) => Promise<Readonly<Record<string, string>>>

export interface DeliverDeps extends DecideTurnDeps {
  revise: Revise
  follow: Follow
  mailHeaders: MailHeaders
  providers: Providers
  /** Sends a turn again that came too early. */
  sendTurns: SendTurns
  random: Random
}

/** The outcome of a turn, and the number of messages that went to providers. */
export interface Delivered {
  readonly outcome: Extract<Next, { next: 'stop' }>['outcome'] | 'early' | 'followed' | 'sent'
  readonly messages: number
}

export type Deliver = (turn: Turn, signal: AbortSignal) => Promise<Delivered>

/**
 * Creates what handles one turn of a channel: it judges the channel as things are now, claims it, hands it to providers,
 * and writes what became of it. Each step is one conditional write, so that a turn which comes twice, or whose worker
 * dies, is sent once, or is known to be uncertain.
 */
export function createDeliver(deps: DeliverDeps): Deliver {
  const { revise, follow, providers, sendTurns, now, random } = deps
  const decideTurn = createDecideTurn(deps)
  return async (turn, signal) => {
    const id = { tenant: turn.tenant, id: turn.id }
    const take = () => revise({ id, decide: (tracked) => decideTurn(tracked, turn, signal) }, signal)
    const first = await take()
    // A window closes once.
    const next = first?.next === 'again' ? await take() : first
    if (!next || next.next === 'again') return { outcome: 'ignored', messages: 0 }
    if (next.next === 'stop') return { outcome: next.outcome, messages: 0 }
    if (next.next === 'follow') {
      await follow(next.digest, signal)
      return { outcome: 'followed', messages: 0 }
    }
    if (next.next === 'wait') {
      await sendTurns([{ ...turn, dueAt: next.until }], signal)
      return { outcome: 'early', messages: 0 }
    }
    const results = await sendAll(next, deps, signal)
    const settle: Parameters<Revise>[0]['decide'] = ({ notification, channels }) => {
      const channel = channels.find((one) => one.channel === turn.channel)
      if (channel?.claim?.token !== next.token) return { changes: null, result: undefined }
      const isIdempotent = providers.isIdempotent(channel.channel)
      const { expiresAt } = notification
      return { changes: settled({ channel, results, expiresAt, isIdempotent, now: now() }, random), result: undefined }
    }
    await revise({ id, decide: settle }, signal)
    return { outcome: 'sent', messages: results.size }
  }
}

/** Hands the message to the provider of each address, side by side. */
async function sendAll(
  { situation, parts }: Extract<Next, { next: 'send' }>,
  { providers, mailHeaders }: DeliverDeps,
  signal: AbortSignal,
): Promise<Map<string, Sent>> {
  const { notification, channel, category } = situation
  const { tenant, id, priority } = notification
  const common = {
    tenant,
    notificationId: id,
    channel: channel.channel,
    category: notification.category,
    priority,
    parts,
  }
  const results = situation.targets.map(async ({ endpointId, address }) => {
    const of = { tenant, category: notification.category, address, required: category?.required ?? false }
    const headers = channel.channel === 'email' ? await mailHeaders(of, signal).catch(() => undefined) : {}
    // Nothing was sent, which a failure of the whole turn would leave in doubt.
    if (!headers) return [endpointId, NO_HEADERS] as const
    const idempotencyKey = `${id}/${channel.channel}/${endpointId}`
    const message: OutgoingMessage = { ...common, endpointId, address, headers, idempotencyKey }
    return [endpointId, await providers.send(message, signal)] as const
  })
  return new Map(await Promise.all(results))
}

const NO_HEADERS: Sent = { outcome: 'unavailable', reason: 'headers', provider: null }
