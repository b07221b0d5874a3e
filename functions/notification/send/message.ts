import type { Clock } from '../../shared/clock.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { jsonBody } from '../../shared/http/request.ts'
import { validate } from '../../shared/http/validate.ts'
import type { Priority } from '../domain/channel.ts'
import type { Template } from '../domain/template.ts'
import type { Step } from './accept.ts'
import { refused } from './problems.ts'
import { type SharedRequest, sharedRequest, wrongTimes } from './request.ts'
import { newMessageBody } from './schema.ts'
import { type SendDeps, type SendProblem, unsendable } from './send.ts'

/** A notification without its recipient. Its channels are those of its acceptance, also if the category changes. */
export type Message = SharedRequest & { readonly steps: readonly Step[] }

/** Reads a message to many with its priority, and the time at which the last of its channels is due, in milliseconds since the epoch. */
export type ReadMessageBody = (
  request: HttpRequest,
  tenant: string,
) => Promise<{ readonly message: Message; readonly priority: Priority; readonly lastDueAt: number }>

/**
 * Creates the reader of messages whose recipients are not known yet.
 *
 * @throws HttpProblem 422 for what could be sent to none of them.
 */
export function readMessageBody(
  deps: Pick<SendDeps, 'readCategory' | 'readTemplate' | 'render'> & { now: Clock },
): ReadMessageBody {
  return async (request, tenant) => {
    const body = validate(newMessageBody, jsonBody(request))
    const now = deps.now()
    const cause: Cause = request.cause
    const shared = sharedRequest(body, { tenant, cause })
    const wrong = wrongTimes(shared, now)
    if (wrong) throw refused(wrong)
    const category = await deps.readCategory({ tenant, name: shared.category }, request.signal)
    if (!category) throw refused({ outcome: 'unknown-category' })
    const steps = shared.steps ?? category.channels.map((channel): Step => ({ channel }))
    const message = { ...shared, steps }
    const problem = await problemOf(message, deps, request.signal)
    if (problem) throw refused(problem)
    const longestMs = Math.max(...steps.map(({ afterSeconds = 0 }) => afterSeconds)) * 1000
    return { message, priority: message.priority, lastDueAt: Math.max(now, shared.sendAt ?? 0) + longestMs }
  }
}

async function problemOf(
  { tenant, source, steps, locale, data }: Message,
  { readTemplate, render }: Pick<SendDeps, 'readTemplate' | 'render'>,
  signal: AbortSignal,
): Promise<SendProblem | undefined> {
  if ('content' in source) return undefined
  const template = await readTemplate({ tenant, name: source.template }, signal)
  if (!template) return { outcome: 'unknown-template' }
  for (const each of localesOf(template, locale)) {
    const problem = unsendable({ template, steps, locale: each, data }, render)
    if (problem) return problem
  }
  return undefined
}

/** Returns the languages in which recipients may get it: those of the template, unless the sender chose one. */
function localesOf({ locales }: Template, asked: string | null): readonly (string | null)[] {
  if (asked !== null) return [asked]
  return [null, ...Object.keys(locales).filter((locale) => locale !== '')]
}
