import { isIP } from 'node:net'
import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { FindThreat } from '../moderate/check-target.ts'
import { deniedDomainKey } from './keys.ts'

/**
 * Checks targets against a list of denied domains in the table: `pk = D#<domain>`, `sk = domain`, and an optional
 * `reason`. A domain includes all its subdomains. Each check takes one request.
 *
 * @throws as `BatchGet` does.
 */
export function createDenylist(options: BatchGetOptions): FindThreat {
  const batchGet = createBatchGet(options)
  return async (url, signal) => {
    const domains = domainsOf(url)
    const found = await batchGet(domains.map(deniedDomainKey), { consistent: false, signal })
    for (const domain of domains) {
      const item = found.find(({ pk }) => pk?.S === deniedDomainKey(domain).pk?.S)
      if (item) return { reason: item.reason?.S || `The domain ${domain} is denied.` }
    }
    return undefined
  }
}

/**
 * DynamoDB's limit for the items of one batch read. A name has at most 127 labels (RFC 1035), in practice a handful.
 */
const MAX_DOMAINS = 100

/** Lists the host of a target as the list of denied domains writes it, then the domains above it, the nearest first. */
export function domainsOf(url: string): string[] {
  const host = new URL(url).hostname.replace(/\.+$/, '')
  if (isIP(host) || host.startsWith('[')) return [host]
  const labels = host.split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).slice(-MAX_DOMAINS)
}
