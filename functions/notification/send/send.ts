import type { Clock } from '../../shared/clock.ts'
import type { FieldError } from '../../shared/http/response.ts'
import type { UrlRefusal } from '../../shared/outbound/check-url.ts'
import type { JudgeUrl } from '../../shared/outbound/resolve-url.ts'
import type { ReadCategory } from '../domain/category.ts'
import type { Channel } from '../domain/channel.ts'
import { digestData } from '../domain/digest.ts'
import type { NotificationId, ReadNotification, Tracked } from '../domain/notification.ts'
import type { ReadPerson } from '../domain/person.ts'
import type { Status } from '../domain/status.ts'
import type { ReadTemplate, Render, Template } from '../domain/template.ts'
import { acceptedNotification, type Request, type Step } from './accept.ts'
import { isSameRequest } from './repeat.ts'

/**
 * Stores a new notification with its channels in one transaction, from which on it is never lost. `exists`: its id is
 * in use, with what was stored under it.
 */
export type StoreNotification = (
  tracked: Tracked,
  signal: AbortSignal,
) => Promise<{ readonly outcome: 'stored' } | Existing>

interface Existing {
  readonly outcome: 'exists'
  readonly tracked: Tracked
}

/** It was accepted, or an earlier try had it accepted. */
interface AcceptedOutcome {
  readonly outcome: 'accepted'
  readonly id: NotificationId['id']
  readonly status: Status
}

export type SendOutcome =
  | AcceptedOutcome
  /** The key was used for another request. */
  | { readonly outcome: 'id-taken' }
  | SendProblem

/** A reason for which a notification can't be sent as it is. */
export type SendProblem =
  | { readonly outcome: 'unknown-category' | 'unknown-template' }
  /** Its times are past, or too far ahead. */
  | { readonly outcome: 'wrong-times'; readonly errors: FieldError[] }
  /** A webhook's URL may not be called. */
  | { readonly outcome: 'refused-url'; readonly refusal: UrlRefusal }
  /** A variable that the template prints isn't in the data. */
  | { readonly outcome: 'missing-variable'; readonly variable: string; readonly channel: Channel }
  /** The template can't be sent over this channel. */
  | { readonly outcome: 'unusable'; readonly channel: Channel; readonly message: string }

export interface SendDeps {
  readCategory: ReadCategory
  readTemplate: ReadTemplate
  readPerson: ReadPerson
  render: Render
  judgeUrl: JudgeUrl
  store: StoreNotification
  read: ReadNotification
  now: Clock
}

export interface SendInput {
  readonly request: Request
  /** Derived from what makes a request the same one, such as its operation, unless it is that of a sender's key. */
  readonly id: string
  /**
   * True for the id of a sender's key, which another request may have used.
   *
   * @default false
   */
  readonly isOfKey?: boolean
  /** A problem that was found already: it refuses a new notification, and no repeat. */
  readonly problem?: SendProblem | undefined
}

/** Accepts a notification under an id of the caller's choice: the same request under the same id is one notification. */
export type Send = (input: SendInput, signal: AbortSignal) => Promise<SendOutcome>

/**
 * Creates what accepts notifications. It refuses what can't be sent as it is; all else is judged when it is due. A
 * repeat is judged by what was accepted: by then its time may be past, or its category or template gone.
 */
export function createSend(deps: SendDeps): Send {
  return async (input, signal) => {
    const { request, id, isOfKey = false } = input
    const outcome = input.problem ?? (await accept(input, deps, signal))
    if (outcome.outcome === 'accepted') return outcome
    const isTaken = outcome.outcome === 'exists'
    const stored = isTaken ? outcome.tracked : await deps.read({ tenant: request.tenant, id }, signal)
    if (stored && (!isOfKey || isSameRequest(stored, request))) {
      return { outcome: 'accepted', id, status: stored.summary.status }
    }
    return isTaken ? { outcome: 'id-taken' } : outcome
  }
}

async function accept(
  { request, id }: SendInput,
  deps: SendDeps,
  signal: AbortSignal,
): Promise<AcceptedOutcome | Existing | SendProblem> {
  const { readCategory, judgeUrl, store, now } = deps
  const { tenant, to } = request
  const webhookUrl = 'userId' in to ? undefined : to.webhookUrl
  const [category, source, refusal] = await Promise.all([
    readCategory({ tenant, name: request.category }, signal),
    readSource(request, deps, signal),
    webhookUrl === undefined ? undefined : judgeUrl(webhookUrl, signal),
  ])
  if (refusal) return { outcome: 'refused-url', refusal }
  if (!category) return { outcome: 'unknown-category' }
  if (!source) return { outcome: 'unknown-template' }
  const steps = request.steps ?? category.channels.map((channel): Step => ({ channel }))
  if ('template' in source) {
    const problem = await checkTemplate({ request, steps, template: source.template }, deps, signal)
    if (problem) return problem
  }
  const versioned = 'template' in source ? { template: versionOf(source.template) } : source
  const accepted = acceptedNotification({ request, id, source: versioned, steps, now: now() })
  const stored = await store(accepted, signal)
  if (stored.outcome === 'exists') return stored
  return { outcome: 'accepted', id, status: accepted.summary.status }
}

function versionOf({ name, version }: Template) {
  return { name, version }
}

async function readSource({ source, tenant }: Request, { readTemplate }: SendDeps, signal: AbortSignal) {
  if ('content' in source) return source
  const template = await readTemplate({ tenant, name: source.template }, signal)
  return template && { template }
}

interface Checked {
  readonly request: Request
  readonly steps: readonly Step[]
  readonly template: Template
}

/** Renders the template for each channel, so that what can't be sent is refused at once. */
async function checkTemplate(
  { request, steps, template }: Checked,
  { render, readPerson }: SendDeps,
  signal: AbortSignal,
): Promise<SendProblem | undefined> {
  const { tenant, to, data } = request
  const person = 'userId' in to ? await readPerson({ tenant, userId: to.userId }, signal) : undefined
  const locale = request.locale ?? person?.preferences.locale ?? person?.locale ?? null
  return unsendable({ template, steps, locale, data }, render)
}

interface Unsent {
  readonly template: Template
  readonly steps: readonly Step[]
  readonly locale: string | null
  readonly data: Request['data']
}

/** Returns the reason for which a template can't be sent in one language. */
export function unsendable({ template, steps, locale, data }: Unsent, render: Render): SendProblem | undefined {
  for (const { channel } of steps) {
    const seen = template.digest ? digestData([{ data }]) : data
    const rendered = render(template, { channel, locale, data: seen })
    if (rendered.outcome === 'missing') return { outcome: 'missing-variable', variable: rendered.variable, channel }
    if (rendered.outcome === 'unusable') return { outcome: 'unusable', channel, message: rendered.message }
    if (rendered.outcome === 'no-parts' && channel !== 'webhook') {
      return { outcome: 'unusable', channel, message: 'The template has no parts for this channel.' }
    }
  }
  return undefined
}
