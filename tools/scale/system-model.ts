import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { QuotaName } from './quotas.ts'

/** A kind of request. Its units and its memory are those of a row of docs/costs.md. */
export interface RequestKind {
  /** The row, as in `creates a link`. */
  readonly row: string
  /** The part of all requests, from 0 to 1: those of a system add up to 1. */
  readonly share: number
  /** The function that answers. */
  readonly functionName: string
  /** Units that go to the item that all requests of a hot object share. */
  readonly hot: { readonly read: number; readonly write: number }
  /** Events that are published because of one request. */
  readonly events: number
  /** Milliseconds of the function's time beyond its own work and the calls of DynamoDB. @default 0 */
  readonly extraMs?: number
  /** Calls of DynamoDB that wait one after the other. */
  readonly calls: number
  /** Units and USD (of a million) that follow a request over queues and streams. @default nothing */
  readonly after?: { readonly read: number; readonly write: number; readonly usd: number }
  /** The use of further limits: quotas, or the system's own. @default one request to the API */
  readonly takes?: Readonly<Record<string, number>>
}

/** A limit that the system's design sets, such as the consumers of a queue. */
export interface OwnLimit extends LimitAdvice {
  /** Its unit, as in "messages a second of one room". */
  readonly name: string
  readonly value: number
  /** True if it is that of one object: requests about the hot one use it. */
  readonly ofHotObject: boolean
}

/** The consequences of meeting a limit, and the ways beyond it. */
export interface LimitAdvice {
  /** The effect for users and operators. */
  readonly effect: string
  /** The fault of the system's README that describes it, word for word. */
  readonly fault?: string
  /** The quota to raise; absent where AWS raises none. */
  readonly raise?: string
  /** A change of the design, for more than a quota can give. */
  readonly design: string
}

/** Describes how a system uses what AWS limits: `tools/scale/<system>/system.ts` exports `system`. */
export interface SystemModel {
  /** The stack, as in `Orders`. */
  readonly stack: string
  /** The object that can be hot, as in "a link". */
  readonly hotObject: string
  readonly kinds: Readonly<Record<string, RequestKind>>
  /** Advice about each quota that its requests use. */
  readonly advice: Readonly<Partial<Record<QuotaName, LimitAdvice>>>
  readonly ownLimits?: Readonly<Record<string, OwnLimit>>
}

/** Finds the models of the systems that are there. */
export async function systemModels(): Promise<SystemModel[]> {
  const found: SystemModel[] = []
  for (const name of globSync('*/system.ts', { cwd: import.meta.dirname }).sort()) {
    const { system }: { system?: SystemModel } = await import(join(import.meta.dirname, name))
    if (!system) throw new Error(`tools/scale/${name} exports no "system".`)
    found.push(system)
  }
  return found
}
