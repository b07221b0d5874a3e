import type { Category, DigestRule } from '../../../functions/notification/domain/category.ts'
import type { Template } from '../../../functions/notification/domain/template.ts'
import { aCategory } from '../notifications.ts'

/** A template for digests, whose text names the notifications that it carries. */
export const NEWS: Template = {
  name: 'news',
  version: 1,
  digest: true,
  locales: { '': { email: { subject: '{{count}} news', text: '{{#items}}[{{id}}]{{/items}}' } } },
}

/** Windows close several times while things fail. */
export const NEWS_RULE: DigestRule = { windowSeconds: 15, maxItems: 4 }

/** The categories: by itself or in a digest, sent again or given up when nobody can tell whether it was sent. */
export const CATEGORIES = { alone: ['retry', 'drop'], gathered: ['news-retry', 'news-drop'] } as const

/** Returns a category by its name. */
export function categoryOf(name: string): Category {
  return aCategory({
    name,
    onUncertain: isSentOnce(name) ? 'drop' : 'retry',
    digest: isGathered(name) ? NEWS_RULE : null,
  })
}

/** Checks that the notifications of a category are never sent again when it is in doubt. */
export function isSentOnce(category: string): boolean {
  return category.endsWith('drop')
}

/** Checks that the notifications of a category gather in digests. */
export function isGathered(category: string): boolean {
  return category.startsWith('news')
}

/** Returns the ids that the text of a digest, or of one that is sent by itself, names. */
export function idsIn(text: string): string[] {
  return [...text.matchAll(/\[([\w-]+)\]/g)].map(([, id]) => id ?? '')
}
