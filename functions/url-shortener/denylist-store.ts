import type { DynamoDB } from '../shared/data/dynamodb.ts'
import { AppError } from '../shared/errors.ts'
import type { FindThreat } from './check-target.ts'
import { domainsOf } from './target-domains.ts'

/**
 * Checks targets against a list of denied domains in the table: `pk = D#<domain>`, `sk = domain`, and a `reason` that
 * may be missing. A domain stands for all below it. One request, whatever the target.
 *
 * @throws as `DynamoDB` does, and AppError (retryable) when it leaves some of the domains unread.
 */
export function createDenylist(dynamodb: DynamoDB, tableName: string): FindThreat {
  return async (url, signal) => {
    const domains = domainsOf(url)
    const Keys = domains.map((domain) => ({ pk: { S: `D#${domain}` }, sk: { S: 'domain' } }))
    const { Responses = {}, UnprocessedKeys = {} } = await dynamodb(
      'BatchGetItem',
      { RequestItems: { [tableName]: { Keys } } },
      { signal },
    )
    const found = Responses[tableName] ?? []
    for (const domain of domains) {
      const item = found.find(({ pk }) => pk?.S === `D#${domain}`)
      if (item) return { reason: item.reason?.S || `The domain ${domain} is denied.` }
    }
    if (Object.keys(UnprocessedKeys).length > 0) {
      throw new AppError('dependency-failed', 'DynamoDB left domains unread', { retryable: true })
    }
    return undefined
  }
}
