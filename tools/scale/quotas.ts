import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Quota {
  /** Its unit, as in "requests a second". */
  readonly name: string
  readonly value: number
  /** True if AWS raises it on request. */
  readonly adjustable: boolean
  readonly source: string
  /** The value in other regions and in new accounts. */
  readonly elsewhere: string
}

export const QUOTA_NAMES = [
  'apiRequests',
  'lambdaConcurrency',
  'tableReads',
  'tableWrites',
  'partitionReads',
  'partitionWrites',
  'putEvents',
  'socketConnections',
  'fifoSends',
  'fifoGroupSends',
  'emails',
] as const

export type QuotaName = (typeof QUOTA_NAMES)[number]

interface QuotaList {
  readonly region: string
  readonly note: string
  readonly quotas: Readonly<Record<QuotaName, Quota>>
}

/** Reads the list, which is data with its sources: `quotas.json`. */
export const QUOTAS: QuotaList = JSON.parse(readFileSync(join(import.meta.dirname, 'quotas.json'), 'utf8'))
