import type { Item } from '../../shared/data/table.ts'
import type { Link } from '../domain/link.ts'
import type { LinkPosition } from '../manage/list-links.ts'

// Every key that the system itself writes. Shared modules add their own: `Q` counters of limits, `I#` idempotency, `Z#`
// leases and `X#` handled events. A tenant's name and a code hold no `#`.

/** The prefixes of partition keys, in the table and its indexes; `lib/url-shortener/stack.ts` grants by `L#*`. */
const PREFIX = {
  link: 'L#',
  plainLinks: 'U#',
  deniedDomain: 'D#',
  linksOfTenant: 'T#',
  expiringLinks: 'E#',
  cappedLinks: 'C#',
  job: 'J#',
  clicksOfLink: 'A#',
  clicksOfTenant: 'B#',
  countedClicks: 'K#',
  salts: 'V#',
} as const

/** The sort keys of the items beside a link's own. */
export const DETAILS = 'details'
export const CAP = 'cap'
export const CLICKS = 'clicks'

/** Builds the key of a link's item, or of one beside it: its details, cap and block, and reports of it. */
export function keyOf(code: string, sortKey = 'link'): Item {
  return { pk: { S: `${PREFIX.link}${code}` }, sk: { S: sortKey } }
}

/** Reads the code from the key of a link's item or of one beside it. */
export function codeOf({ pk }: Item): string {
  return pk?.S?.slice(PREFIX.link.length) ?? ''
}

/** Lists the keys of a link's second items, except for reports, which expire, and a block. */
export function keysBeside({ code, hasRules, hasExpiredUrl, passwordId, hasCounter }: Link): Item[] {
  const hasDetails = hasRules || hasExpiredUrl || passwordId !== null
  return [...(hasDetails ? [keyOf(code, DETAILS)] : []), ...(hasCounter ? [keyOf(code, CAP)] : [])]
}

/** Builds the key of a pointer to a plain link of a tenant and url, or of the claim on them. @param hash of the url */
export function plainLinksKey(tenant: string, hash: string, sortKey: string): Item {
  return { pk: { S: `${PREFIX.plainLinks}${tenant}#${hash}` }, sk: { S: sortKey } }
}

export function deniedDomainKey(domain: string): Item {
  return { pk: { S: `${PREFIX.deniedDomain}${domain}` }, sk: { S: 'domain' } }
}

/** Builds the key of a job. @param kind `import` or `export` */
export function jobKey(id: string, kind: string): Item {
  return { pk: { S: `${PREFIX.job}${id}` }, sk: { S: kind } }
}

/** Builds the partition key of the daily clicks of a link or a tenant. */
export function clicksPk(of: 'link' | 'tenant', name: string): string {
  return `${of === 'link' ? PREFIX.clicksOfLink : PREFIX.clicksOfTenant}${name}`
}

/** Builds the sort key of one shard of a day's clicks; without a shard it sorts before all of them. */
export function clicksSk(day: string, shard: number | '' = ''): string {
  return `${day}#${shard}`
}

/** Builds the key of the ids of counted clicks. @param slot the output of `slotOf` */
export function countedClicksKey(slot: string): Item {
  return { pk: { S: `${PREFIX.countedClicks}${slot}` }, sk: { S: 'counted' } }
}

/** Builds the key of the salt with which visitors of a day, such as `2026-03-12`, are hashed. */
export function saltKey(day: string): Item {
  return { pk: { S: `${PREFIX.salts}${day}` }, sk: { S: 'salt' } }
}

/** Builds the partition key of a tenant's links in the index `byTenant`. */
export function listPk(tenant: string): string {
  return `${PREFIX.linksOfTenant}${tenant}`
}

export function listKeyOf(tenant: string, { createdAt, code }: LinkPosition): Item {
  return { listPk: { S: listPk(tenant) }, listSk: { S: `${createdAt}#${code}` } }
}

/** The number of partitions of the index `byEnd` for links that expire, and likewise for links with a cap. */
export const END_SHARDS = 8

export function endShard(code: string): number {
  return [...code].reduce((sum, character) => sum + character.charCodeAt(0), 0) % END_SHARDS
}

/** Builds the partition keys of one shard of the index `byEnd`. */
export function expiringLinksPk(shard: number): string {
  return `${PREFIX.expiringLinks}${shard}`
}
export function cappedLinksPk(shard: number): string {
  return `${PREFIX.cappedLinks}${shard}`
}
