import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Price {
  readonly usd: number
  /** What is paid for. */
  readonly per: string
  /** AWS's page, and when and where a copy of it was read. */
  readonly source: string
  readonly read: string
  /** Of what is paid by the month: how a column is headed. */
  readonly unit?: string
  /** How many units of an account and month cost nothing, for ever. */
  readonly freeUnits?: number
}

/** What the templates and the local cloud can't tell, of a warm request. */
export interface Assumptions {
  /** Milliseconds that a function takes by itself, and that it waits for each call of DynamoDB. */
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

/** The list is data with its sources: `prices.json`. */
export const PRICE_LIST: PriceList = JSON.parse(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8'))

/** @throws Error when the list has no such price. */
export function priceOf(name: string): Price {
  const price = PRICE_LIST.prices[name]
  if (price === undefined) throw new Error(`There is no price ${name} in tools/cost/prices.json.`)
  return price
}

/** Cents for what is paid by the month, as AWS's pages write it. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`
}
