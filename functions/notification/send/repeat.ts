import type { ChannelState, Notification, Tracked } from '../domain/notification.ts'
import { countsAsNow, type Request, type Step } from './accept.ts'

/**
 * Checks that a request asks for the notification that was accepted under its id. Only what was asked counts: neither
 * the time of the request, nor what its category and template are by now.
 */
export function isSameRequest({ notification, channels }: Tracked, request: Request): boolean {
  const { source, createdAt, sendAt } = notification
  const named = 'template' in source ? source.template.name : source.content
  const asked = 'template' in request.source ? request.source.template : request.source.content
  return (
    isSame([named, fieldsOf(notification)], [asked, fieldsOf(request)]) &&
    // Channels that were not asked for are those of the category at that time.
    (request.steps === undefined || isSame(channelsOf(channels), channelsOf(request.steps))) &&
    // Older notifications have `null` for a time that was just past when they were accepted.
    (request.sendAt === sendAt ||
      (sendAt === null && request.sendAt !== null && countsAsNow(request.sendAt, createdAt)))
  )
}

function fieldsOf(request: Request | Notification) {
  const { to, data, category, priority, expiresAt, digestKey, locale, reference } = request
  return [to, data, category, priority, expiresAt, digestKey, locale, reference]
}

function channelsOf(steps: readonly (Step | ChannelState)[]) {
  return steps.map(({ channel, unless }) => [channel, unless ?? null]).sort()
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
