import { gatheringOf, joining, newDigest } from '../domain/digest.ts'
import type { Evaluation } from '../domain/evaluation.ts'
import type { Changes } from '../domain/moves.ts'
import { scopeOf } from '../domain/window.ts'
import type { Situation } from './judge.ts'

/** Returns the changes by which a channel joins the open window, or opens one. */
export function joinDigest(
  { notification, channel, category, gathering, now }: Situation,
  rules: readonly Evaluation[],
  newId: () => string,
): Changes | null {
  const rule = category?.digest
  if (!rule || !gathering || gathering.outcome === 'other-template') return null
  const { expiresAt } = notification
  if (gathering.outcome === 'opens') {
    const id = newId()
    const digest = newDigest(notification, { channel, rule, id, now })
    const { dueAt: until } = gatheringOf(digest)
    const scope = scopeOf(notification, channel.channel)
    return {
      channels: [joining(channel, { digestId: id, until, expiresAt, rules, now })],
      join: { kind: 'opens', scope, digest, after: gathering.after },
    }
  }
  const { digest } = gathering
  const seen = gatheringOf(digest)
  const isFull = seen.items.length + 1 >= rule.maxItems
  const { tenant, id: digestId } = digest.notification
  return {
    channels: [joining(channel, { digestId, until: seen.dueAt, expiresAt, rules, now })],
    join: {
      kind: 'joins',
      item: notification.id,
      digest: { tenant, id: digestId },
      seen,
      maxItems: rule.maxItems,
      wakeAt: isFull ? now : null,
    },
  }
}
