import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { FindThreat } from '../moderate/check-target.ts'
import { domainsOf } from '../moderate/target-domains.ts'

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
    const keys = domains.map((domain) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' } }))
    const found = await batchGet(keys, { consistent: false, signal })
    for (const domain of domains) {
      const item = found.find(({ pk }) => pk?.S === `D#${domain}`)
      if (item) return { reason: item.reason?.S || `The domain ${domain} is denied.` }
    }
    return undefined
  }
}
