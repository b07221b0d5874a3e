import { randomUUID } from 'node:crypto'
import type { DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { countClicks } from '../../../functions/url-shortener/clicks/count-clicks.ts'
import type { ClickMessage } from '../../../functions/url-shortener/clicks/message.ts'
import type { DueEvent } from '../../../functions/url-shortener/domain/click.ts'
import { linkStats, tenantStats } from '../../../functions/url-shortener/stats/click-stats.ts'
import { createCountStore } from '../../../functions/url-shortener/store/click-counts.ts'
import { createReadDays } from '../../../functions/url-shortener/store/read-days.ts'
import { CAUSE } from '../a-link.ts'
import { linkTable } from '../store/link-table.ts'
import { CLICKED_AT } from './a-click.ts'

const { signal } = new AbortController()

/** The whole day of `CLICKED_AT`. */
const DAY = { interval: 'day', from: Date.parse('2026-05-06'), to: Date.parse('2026-05-07') } as const

/** Creates a table of its own, with functions that count clicks in it and read their statistics. */
export async function clicksTable() {
  const links = await linkTable()
  const { dynamodb, table, options } = links
  const readDays = createReadDays(options)

  /** Creates a function that counts, as one of several would. */
  const counter = (client: DynamoDB = dynamodb, now = () => CLICKED_AT) => {
    const later: DueEvent[] = []
    const errors: unknown[] = []
    const count = countClicks({
      ...createCountStore({ client, tableName: table, random: Math.random, newToken: randomUUID }),
      sendLater: async (message) => {
        later.push(message)
      },
      now,
      random: Math.random,
      startTimer,
      onFailure: (error) => errors.push(error),
    })
    return { later, errors, count: (messages: readonly ClickMessage[]) => count(messages, CAUSE, signal) }
  }
  return {
    ...links,
    counter,
    statsOf: (code: string) => linkStats(readDays)(code, { ...DAY, groupBy: 'browser' }, signal),
    statsOfTenant: (tenant: string) => tenantStats(readDays)(tenant, DAY, signal),
    totalOf: async (code: string) => Number((await links.itemOf(code, 'clicks'))?.clicks?.N ?? 0),
  }
}
