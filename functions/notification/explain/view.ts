import type * as z from 'zod/mini'
import type { Evaluation } from '../domain/evaluation.ts'
import type { ChannelState, TimelineEntry, Tracked } from '../domain/notification.ts'
import { toTime } from '../fields.ts'
import type { notificationAnswer, whyAnswer } from './schema.ts'

/** Shows a notification with its channels, and what happened to it. */
export function notificationView({ notification, summary, channels }: Tracked): z.output<typeof notificationAnswer> {
  const { id, category, priority, createdAt } = notification
  return {
    id,
    status: summary.status,
    category,
    priority,
    createdAt: toTime(createdAt),
    channels: Object.fromEntries(channels.map((channel) => [channel.channel, channelView(channel)])),
    timeline: timelineOf({ notification, channels }).map(({ at, ...entry }) => ({ at: toTime(at), ...entry })),
  }
}

function channelView({ status, provider, at, reason, attempts }: ChannelState) {
  return {
    status,
    ...(provider !== null && { provider }),
    at: toTime(at),
    ...(reason !== null && { reason }),
    attempts,
  }
}

function timelineOf({ notification, channels }: Pick<Tracked, 'notification' | 'channels'>): TimelineEntry[] {
  const accepted = { at: notification.createdAt, event: 'accepted' }
  const all = [accepted, ...channels.flatMap(({ timeline }) => timeline)]
  return all.sort((a, b) => a.at - b.at)
}

/** Shows by which rules each channel was used, or not. */
export function whyView({ channels }: Pick<Tracked, 'channels'>): z.output<typeof whyAnswer> {
  return {
    channels: channels.map(({ channel, attempts, rules }) => ({
      channel,
      used: attempts > 0,
      decisive: rules.find(isDecisive)?.rule ?? null,
      rules: [...rules],
    })),
  }
}

function isDecisive({ outcome }: Evaluation): boolean {
  return outcome !== 'pass' && outcome !== 'bypassed'
}
