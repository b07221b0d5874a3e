import type { ReportLinkDeps } from '../moderate/report-link.ts'
import { linkEntry } from './items.ts'
import { keyOf } from './keys.ts'
import { type LinkTransactionsOptions, linkTransactions, nextEvent, RAISE, updateOf } from './transactions.ts'

/**
 * Stores reports beside their links (`pk = L#<code>`, `sk = report#<operation id>`) until they expire. For a code
 * without a link it makes the same read and the same write, which is then refused, so that the response time reveals
 * little.
 */
export function createReportStore(options: LinkTransactionsOptions): ReportLinkDeps['store'] {
  const { tableName } = options
  const transaction = linkTransactions(options)
  return ({ operationId, code, reason, reportedAt, expiresAt, cause }, signal) => {
    return transaction<'stored' | 'unknown'>(
      {
        code,
        plan: (item) => {
          const report = {
            ...keyOf(code, `report#${operationId}`),
            code: { S: code },
            tenant: item?.tenant ?? { S: 'none' },
            reason: { S: reason },
            reportedAt: { S: reportedAt },
            ttl: { N: String(expiresAt) },
            ...nextEvent(item, linkEntry('reported', { operationId, time: reportedAt, cause })),
          }
          return {
            writes: [updateOf({ tableName, code, item }, RAISE), { Put: { TableName: tableName, Item: report } }],
            outcomes: item ? { written: 'stored' } : { refused: 'unknown' },
          }
        },
      },
      signal,
    )
  }
}
