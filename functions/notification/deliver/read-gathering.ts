import type { Clock } from '../../shared/clock.ts'
import type { DigestRule } from '../domain/category.ts'
import { digestData, gatheringOf } from '../domain/digest.ts'
import type { ChannelState, Notification, TemplateVersion, Tracked } from '../domain/notification.ts'
import type { Person } from '../domain/person.ts'
import type { ReadTemplate } from '../domain/template.ts'
import { type ReadWindow, scopeOf, templateOf } from '../domain/window.ts'
import type { RenderParts } from './render-parts.ts'

/** The window that a channel would gather in. */
export type Gathering =
  /** There is none, or nobody can join it any more. `after`: the digest of the one before. */
  | { readonly outcome: 'opens'; readonly after: string | null }
  | { readonly outcome: 'joins'; readonly digest: Tracked }
  /** It is open with another template, or with a version of its template that can't render this notification. */
  | { readonly outcome: 'other-template'; readonly template: TemplateVersion }

export interface Gatherable {
  readonly notification: Notification
  readonly channel: ChannelState
  readonly person: Person | undefined
  readonly rule: DigestRule
}

/** Reads the window that a channel would gather in; `null` if its template is none for digests. */
export type ReadGathering = (of: Gatherable, signal: AbortSignal) => Promise<Gathering | null>

export interface ReadGatheringDeps {
  readWindow: ReadWindow
  readTemplate: ReadTemplate
  renderParts: RenderParts
  now: Clock
}

export function createReadGathering(deps: ReadGatheringDeps): ReadGathering {
  const { readWindow, readTemplate, renderParts, now } = deps
  return async ({ notification, channel, person, rule }, signal) => {
    const { source, tenant } = notification
    if ('content' in source) return null
    const template = await readTemplate({ tenant, ...source.template }, signal)
    if (!template?.digest) return null
    const window = await readWindow(scopeOf(notification, channel.channel), signal)
    const digest = window?.digest
    if (!digest || !isOpen(digest, rule, now())) return { outcome: 'opens', after: window?.digestId ?? null }
    const shared = templateOf(digest)
    const { name, version } = source.template
    if (shared.name !== name) return { outcome: 'other-template', template: shared }
    if (shared.version === version) return { outcome: 'joins', digest }
    const asItem = { ...digest.notification, data: digestData([notification]) }
    const rendered = await renderParts({ notification: asItem, channel: channel.channel, person }, signal)
    return rendered.outcome === 'rendered'
      ? { outcome: 'joins', digest }
      : { outcome: 'other-template', template: shared }
  }
}

function isOpen(digest: Tracked, { maxItems }: DigestRule, now: number): boolean {
  const { status, dueAt, items } = gatheringOf(digest)
  return status === 'scheduled' && now < dueAt && items.length < maxItems
}
