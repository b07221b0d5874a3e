import type { Channel } from './channel.ts'
import type { GivenContent, Notification } from './notification.ts'
import type { Rendered } from './template.ts'

/** Returns the texts of a channel where a caller gave them instead of a template. */
export function givenParts(channel: Channel, content: GivenContent): Rendered {
  const { subject, text, html } = content
  switch (channel) {
    case 'email':
      return { subject: oneLine(subject ?? ''), text, ...(html !== undefined && { html }) }
    case 'sms':
      return { text }
    case 'push':
    case 'inapp':
      return { title: oneLine(subject ?? ''), body: text }
    case 'webhook':
      return {}
  }
}

/** Returns the body of a webhook that has no template: what happened, when, and its data. */
export function defaultWebhookBody({ category, createdAt, data }: Notification): Rendered {
  return { body: JSON.stringify({ type: category, timestamp: new Date(createdAt).toISOString(), data }) }
}

/** A line break in a header would begin another one. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').trim()
}
