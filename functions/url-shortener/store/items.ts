import type { Item } from '../../shared/data/conditional-write.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { OutboxEntry } from '../../shared/events/outbox-entry.ts'
import { type Link, type LinkDetails, type LinkEnd, type LinkState, linkStatus, UNSET } from '../domain/link.ts'
import type { LinkPosition } from '../manage/list-links.ts'

/** How links are written down: one item a link, and beside it those of its details, cap, block and of reports of it. */
export function keyOf(code: string, sortKey = 'link'): Item {
  return { pk: { S: `L#${code}` }, sk: { S: sortKey } }
}

/** The sort keys of a link's second items: its details, and the counter of a link with a cap. */
export const DETAILS = 'details'
export const CAP = 'cap'

export function listPk(tenant: string): string {
  return `T#${tenant}`
}

export function listKeyOf(tenant: string, { createdAt, code }: LinkPosition): Item {
  return { listPk: { S: listPk(tenant) }, listSk: { S: `${createdAt}#${code}` } }
}

/** Over how many partitions links that end are spread, each for links that expire (`E#`) and with a cap (`C#`). */
export const END_SHARDS = 8

export function endShard(code: string): number {
  return [...code].reduce((sum, character) => sum + character.charCodeAt(0), 0) % END_SHARDS
}

/** The second items that a link has, but for reports, which end by themselves, and a block. */
export function keysBeside({ code, hasRules, hasExpiredUrl, passwordId, hasCounter }: Link): Item[] {
  const hasDetails = hasRules || hasExpiredUrl || passwordId !== null
  return [...(hasDetails ? [keyOf(code, DETAILS)] : []), ...(hasCounter ? [keyOf(code, CAP)] : [])]
}

/** Attributes to write; what is `undefined` is to be taken away. */
export type Attributes = Record<string, Item[string] | undefined>

/** Of the index of ends: whoever sweeps it finds the links that are expired, and that nobody was told of. */
export function endKeyOf({ code, expiresAt, ended }: Pick<Link, 'code' | 'expiresAt' | 'ended'>): Attributes {
  if (expiresAt === null || ended !== null) return { endPk: undefined, endSk: undefined }
  return { endPk: { S: `E#${endShard(code)}` }, endSk: { S: `${expiresAt}#${code}` } }
}

/** Of a counter in the index of ends. Without the count, so that a visit writes no index. */
export function capKeyOf(code: string): Item {
  return { endPk: { S: `C#${endShard(code)}` }, endSk: { S: code } }
}

/** Of a new link, which is not blocked. */
export function toItem(link: Link): Item {
  const attributes = present({ ...toAttributes(link), ...endKeyOf(link) })
  // Changes replace the version, but a creation that is repeated later must still know its own.
  const firstVersion = { S: link.version }
  return { ...keyOf(link.code), ...listKeyOf(link.tenant, link), ...attributes, firstVersion }
}

/** What has its default is not written, so that most links are small: a redirect pays for 4 KB at a time. */
export function toAttributes(fields: Partial<Link>): Attributes {
  const entries = Object.entries(fields).map(([name, value]) => [name, isDefault(name, value) ? undefined : one(value)])
  return Object.fromEntries(entries)
}

export function present(attributes: Attributes): Item {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as Item
}

function isDefault(name: string, value: unknown): boolean {
  if (value === null || value === false) return true
  if (Array.isArray(value)) return value.length === 0
  return name in UNSET && value === UNSET[name as keyof typeof UNSET]
}

function one(value: unknown): Item[string] {
  if (Array.isArray(value)) return listOf(value)
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  return { S: String(value) }
}

export function toLink(item: Item): Link {
  const text = (name: keyof Link) => item[name]?.S ?? ''
  const optional = (name: keyof Link) => item[name]?.S ?? null
  return {
    code: text('code'),
    isAlias: item.isAlias?.BOOL ?? false,
    url: text('url'),
    title: optional('title'),
    tags: item.tags?.L?.map(({ S }) => S ?? '') ?? [],
    tenant: text('tenant'),
    createdBy: text('createdBy'),
    createdAt: text('createdAt'),
    updatedAt: text('updatedAt'),
    version: text('version'),
    blockedAt: optional('blockedAt'),
    redirect: Number(item.redirect?.N ?? UNSET.redirect) as Link['redirect'],
    cacheSeconds: Number(item.cacheSeconds?.N ?? UNSET.cacheSeconds),
    startsAt: optional('startsAt'),
    expiresAt: optional('expiresAt'),
    maxClicks: item.maxClicks?.N === undefined ? null : Number(item.maxClicks.N),
    hasCounter: item.hasCounter?.BOOL ?? false,
    passwordId: optional('passwordId'),
    forwardQuery: item.forwardQuery?.BOOL ?? false,
    hasRules: item.hasRules?.BOOL ?? false,
    hasExpiredUrl: item.hasExpiredUrl?.BOOL ?? false,
    ended: optional('ended') as LinkEnd | null,
  }
}

/** Of the second item, which a link without details doesn't have. */
export function toDetails(item: Item | undefined): LinkDetails {
  return {
    expiredUrl: item?.expiredUrl?.S ?? null,
    rules: JSON.parse(item?.rules?.S ?? '[]'),
    passwordHash: item?.passwordHash?.S ?? null,
  }
}

/** `undefined`: a link with such details needs no second item. */
export function detailsItem(code: string, { expiredUrl, rules, passwordHash }: LinkDetails): Item | undefined {
  const item = present({
    ...(expiredUrl !== null && { expiredUrl: { S: expiredUrl } }),
    ...(rules.length > 0 && { rules: { S: JSON.stringify(rules) } }),
    ...(passwordHash !== null && { passwordHash: { S: passwordHash } }),
  })
  return Object.keys(item).length === 0 ? undefined : { ...keyOf(code, DETAILS), ...item }
}

/** What an event of a link is called, without the system and the noun. */
export type LinkVerb = 'created' | 'updated' | 'deleted' | 'blocked' | 'reported' | LinkEnd

/** Builds the outbox entry of a write: all that its event has and the rest of the item doesn't. */
export function linkEntry(
  verb: LinkVerb,
  { operationId, time, cause }: { operationId: string; time: string; cause: Cause },
): OutboxEntry {
  return { operationId, type: `url-shortener.link.${verb}`, time, ...cause }
}

/** What the event of a new or a changed link tells besides the link: what it is about, and the status that the API says. */
export function toldOf({ link, clicks }: LinkState, changed: readonly string[], at: string): Item {
  return { changed: listOf(changed), status: { S: linkStatus(link, Date.parse(at), clicks) } }
}

/** As in `changed`: the fields of the link that an event is about. */
function listOf(texts: readonly string[]): { L: { S: string }[] } {
  return { L: texts.map((text) => ({ S: text })) }
}
