import type { Item } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { OutboxEntry } from '../../shared/events/outbox-entry.ts'
import { type Link, type LinkDetails, type LinkEnd, type LinkState, linkStatus, UNSET } from '../domain/link.ts'
import { cappedLinksPk, DETAILS, endShard, expiringLinksPk, keyOf, listKeyOf } from './keys.ts'

/** Attributes to write; an `undefined` one is to be removed. */
export type Attributes = Record<string, Item[string] | undefined>

/** Builds the key in the index of ends, in which the sweep finds expired links whose end was not recorded. */
export function endKeyOf({ code, expiresAt, ended }: Pick<Link, 'code' | 'expiresAt' | 'ended'>): Attributes {
  if (expiresAt === null || ended !== null) return { endPk: undefined, endSk: undefined }
  return { endPk: { S: expiringLinksPk(endShard(code)) }, endSk: { S: `${expiresAt}#${code}` } }
}

/** Builds the key of a counter in the index of ends. It omits the count, so that a visit doesn't write to the index. */
export function capKeyOf(code: string): Item {
  return { endPk: { S: cappedLinksPk(endShard(code)) }, endSk: { S: code } }
}

/** Builds the item of a new link. */
export function toItem(link: Link): Item {
  const attributes = present({ ...toAttributes(link), ...endKeyOf(link) })
  // Changes replace the version, but a repeated creation must still recognise its own link.
  const firstVersion = { S: link.version }
  return { ...keyOf(link.code), ...listKeyOf(link.tenant, link), ...attributes, firstVersion }
}

/** Converts fields to attributes. Defaults are omitted, so that most links are small: reads are billed by 4 KB. */
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

/** Parses the details from the second item, which a link without details doesn't have. */
export function toDetails(item: Item | undefined): LinkDetails {
  return {
    expiredUrl: item?.expiredUrl?.S ?? null,
    rules: JSON.parse(item?.rules?.S ?? '[]'),
    passwordHash: item?.passwordHash?.S ?? null,
  }
}

/** Builds the item of a link's details; `undefined` if there are none. */
export function detailsItem(code: string, { expiredUrl, rules, passwordHash }: LinkDetails): Item | undefined {
  const item = present({
    ...(expiredUrl !== null && { expiredUrl: { S: expiredUrl } }),
    ...(rules.length > 0 && { rules: { S: JSON.stringify(rules) } }),
    ...(passwordHash !== null && { passwordHash: { S: passwordHash } }),
  })
  return Object.keys(item).length === 0 ? undefined : { ...keyOf(code, DETAILS), ...item }
}

/** The last part of an event's type, after the system and the noun. */
export type LinkVerb = 'created' | 'updated' | 'deleted' | 'blocked' | 'reported' | 'clicked' | LinkEnd

/** Builds the outbox entry of a write: the fields of its event that the rest of the item doesn't have. */
export function linkEntry(
  verb: LinkVerb,
  { operationId, time, cause }: { operationId: string; time: string; cause: Cause },
): OutboxEntry {
  return { operationId, type: `url-shortener.link.${verb}`, time, ...cause }
}

/** Builds the attributes for the event of a new or changed link: the changed fields, and the status as in the API. */
export function eventAttributes({ link, clicks }: LinkState, changed: readonly string[], at: string): Item {
  return { changed: listOf(changed), status: { S: linkStatus(link, Date.parse(at), clicks) } }
}

/** Builds a list of texts, such as the fields in `changed`. */
function listOf(texts: readonly string[]): { L: { S: string }[] } {
  return { L: texts.map((text) => ({ S: text })) }
}
