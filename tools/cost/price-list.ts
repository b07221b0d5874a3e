import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Price {
  readonly usd: number
  /** A unit with a price. */
  readonly per: string
  /** AWS's page, and the date and place of the copy that was read. */
  readonly source: string
  readonly read: string
  /** The head of the column, for units that are charged by the month. */
  readonly unit?: string
  /** The monthly units that are always free for an account. */
  readonly freeUnits?: number
}

/** Estimates for a warm request that neither the templates nor the local cloud can provide. */
export interface Assumptions {
  /** Milliseconds of a function's own work, and of waiting for each call of DynamoDB. */
  readonly ownMs: number
  readonly callMs: number
  /** Bytes of all log lines: the function's own, Lambda's three, the API's access log. */
  readonly logBytes: number
}

interface PriceList {
  readonly region: string
  readonly prices: Readonly<Record<string, Price>>
  readonly assumed: Assumptions
}

/** Reads the list, which is data with its sources: `prices.json`. */
export const PRICE_LIST: PriceList = JSON.parse(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8'))

/** @throws Error when the list has no such price. */
export function priceOf(name: string): Price {
  const price = PRICE_LIST.prices[name]
  if (price === undefined) throw new Error(`There is no price ${name} in tools/cost/prices.json.`)
  return price
}

/** Formats cents for monthly costs, as AWS's pages do. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`
}
