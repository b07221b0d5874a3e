import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/settings.ts'

/** The resources that one request of a kind takes, by a row of docs/costs.md. */
export interface MeasuredUse {
  /** MB. */
  readonly memory: number
  readonly read: number
  readonly write: number
  /** USD of a million requests, and the least that they could cost. */
  readonly usd: number
  readonly floor: number
}

/** Reads the rows of a stack's tables in docs/costs.md, which `npm run cost` measures. */
export function measuredUse(stack: string, page = readFileSync(join(ROOT, 'docs/costs.md'), 'utf8')) {
  const rows = new Map<string, MeasuredUse>()
  let isOfStack = false
  for (const line of page.split('\n')) {
    const title = /^\*\*(\w+)(?:, .*)?\*\*$/.exec(line)
    if (title) isOfStack = title[1] === stack
    if (!isOfStack || !line.startsWith('|')) continue
    const [name = '', ...cells] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim())
    const [memory, read, write, , , , , usd, floor] = cells.map((cell) => Number(cell.replace('$', '')))
    if ([memory, read, write, usd, floor].every(Number.isFinite)) {
      rows.set(name, { memory, read, write, usd, floor } as MeasuredUse)
    }
  }
  return rows
}
