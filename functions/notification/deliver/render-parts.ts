import type { Channel } from '../domain/channel.ts'
import { defaultWebhookBody, givenParts } from '../domain/content.ts'
import { digestData } from '../domain/digest.ts'
import type { Notification } from '../domain/notification.ts'
import type { Person } from '../domain/person.ts'
import type { ReadTemplate, Render, RenderOutcome } from '../domain/template.ts'

export interface RenderPartsDeps {
  readTemplate: ReadTemplate
  /** May be loaded when it is first needed. */
  render: (...asked: Parameters<Render>) => RenderOutcome | Promise<RenderOutcome>
}

export type RenderParts = (
  of: { readonly notification: Notification; readonly channel: Channel; readonly person: Person | undefined },
  signal: AbortSignal,
) => Promise<RenderOutcome>

/** Creates what writes the texts of one channel, in the version of the template with which it was accepted. */
export function createRenderParts({ readTemplate, render }: RenderPartsDeps): RenderParts {
  return async ({ notification, channel, person }, signal) => {
    const { source, tenant, data } = notification
    if ('content' in source) {
      const parts = channel === 'webhook' ? defaultWebhookBody(notification) : givenParts(channel, source.content)
      return { outcome: 'rendered', parts }
    }
    const template = await readTemplate({ tenant, ...source.template }, signal)
    if (!template) return { outcome: 'unusable', message: `The template ${source.template.name} was deleted` }
    const seen = template.digest && !notification.isDigest ? digestData([notification]) : data
    const rendered = await render(template, { channel, locale: localeOf(notification, person), data: seen })
    if (rendered.outcome !== 'no-parts' || channel !== 'webhook') return rendered
    return { outcome: 'rendered', parts: defaultWebhookBody({ ...notification, data: seen }) }
  }
}

/** The sender's choice goes before the user's, and the preference before the profile. */
function localeOf({ locale }: Notification, person: Person | undefined): string | null {
  return locale ?? person?.preferences.locale ?? person?.locale ?? null
}
