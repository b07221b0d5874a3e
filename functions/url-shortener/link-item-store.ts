import type { Item } from '../shared/data/conditional-write.ts'
import type { Cause } from '../shared/events/event.ts'
import type { Mark } from '../shared/events/mark.ts'
import type { Link } from './link.ts'
import type { LinkPosition } from './list-links.ts'

/** How links are written down: one item a link, and beside it those of its block and of reports of it. */
export function keyOf(code: string, sortKey = 'link'): Item {
  return { pk: { S: `L#${code}` }, sk: { S: sortKey } }
}

export function listPk(tenant: string): string {
  return `T#${tenant}`
}

export function listKeyOf(tenant: string, { createdAt, code }: LinkPosition): Item {
  return { listPk: { S: listPk(tenant) }, listSk: { S: `${createdAt}#${code}` } }
}

/** Of a new link, which is not blocked. */
export function toItem({ blockedAt: _, ...link }: Link): Item {
  // Changes replace the version, but a creation that is repeated later must still know its own.
  const firstVersion = { S: link.version }
  return { ...keyOf(link.code), ...listKeyOf(link.tenant, link), ...toAttributes(link), firstVersion }
}

/** An absent title is stored as NULL, so that one update can set or clear it. */
export function toAttributes(fields: Partial<Link>): Item {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (Array.isArray(value)) return [name, listOf(value)]
    return [name, value === null ? { NULL: true } : { S: value }]
  })
  return Object.fromEntries(entries)
}

export function toLink(item: Item): Link {
  const text = (name: keyof Link) => item[name]?.S ?? ''
  return {
    code: text('code'),
    url: text('url'),
    title: item.title?.S ?? null,
    tags: item.tags?.L?.map(({ S }) => S ?? '') ?? [],
    tenant: text('tenant'),
    createdBy: text('createdBy'),
    createdAt: text('createdAt'),
    updatedAt: text('updatedAt'),
    version: text('version'),
    blockedAt: item.blockedAt?.S ?? null,
  }
}

/** What an event of a link is called, without the system and the noun. */
export type LinkVerb = 'created' | 'updated' | 'deleted' | 'blocked' | 'reported'

/** The mark that a write leaves: all that an event has and the rest of the item has not. */
export function linkMark(verb: LinkVerb, { id, time, cause }: { id: string; time: string; cause: Cause }): Mark {
  return { id, type: `url-shortener.link.${verb}`, time, ...cause }
}

/** As in `changed`: the fields of the link that an event is about. */
export function listOf(texts: readonly string[]): { L: { S: string }[] } {
  return { L: texts.map((text) => ({ S: text })) }
}
