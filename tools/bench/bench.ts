import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'
import { writeSection } from '../support/document.ts'
import { UserError } from '../support/user-error.ts'
import { bundledFunctions, bundleSizes } from './bundle-sizes.ts'
import { measureColdStarts } from './cold-start.ts'
import { moduleSizes } from './module-sizes.ts'
import { judge, measureOverheads, overheadTable } from './overhead.ts'
import { stackBudgets } from './stack-budgets.ts'

/** Parts of docs/benchmarks.md, each of which can be measured by itself; `directory` is for what is in between. */
const PARTS: Record<string, (directory: string) => Promise<void>> = {
  bundles: async () => {
    const functions = bundledFunctions()
    writeSection('bundles', bundleSizes(functions, stackBudgets()))
    writeSection('modules', moduleSizes(functions))
  },
  functions: async (directory) => {
    writeSection('functions', await measureColdStarts(directory))
    writeMachine()
  },
  // The last one, because it fails where a gate is missed.
  overhead: async (directory) => {
    const overheads = await measureOverheads(directory)
    writeSection('overhead', overheadTable(overheads))
    writeMachine()
    const missed = overheads.filter((overhead) => judge(overhead) === 'over').map(({ title }) => title)
    if (missed.length > 0) throw new UserError(`Over the gate (docs/benchmarks.md): ${missed.join(', ')}.`)
  },
}

/** What is measured only when it is asked for: it needs a local cloud, or more time than the others. */
const ON_DEMAND: Record<string, () => Promise<void>> = {
  commands: async () => (await import('./commands.ts')).benchCommands(),
  events: benchEvents,
  visits: benchVisits,
  'rate-limit': async () => (await import('./rate-limit/rate-limit.ts')).benchRateLimit(), // not in a fork
}

/**
 * Measures the functions, and writes what came out into docs/benchmarks.md. It takes about three minutes. An argument
 * measures one part alone: `bundles`, `functions` or `overhead`. Only when asked for: `commands` times the developer's
 * commands, `events` follows events to their consumer, `visits` measures what visitors wait for, `rate-limit` compares the rate limiter with another one.
 *
 * @throws UserError when our own code takes longer than its gate, or an event is lost; the page is written all the same.
 */
export async function bench([what]: string[] = []): Promise<void> {
  const onDemand = what !== undefined && Object.hasOwn(ON_DEMAND, what) ? ON_DEMAND[what] : undefined
  if (onDemand) return onDemand()
  const parts = what === undefined ? Object.keys(PARTS) : [what]
  const unknown = parts.find((part) => !Object.hasOwn(PARTS, part))
  if (unknown !== undefined) {
    const known = [...Object.keys(PARTS), ...Object.keys(ON_DEMAND)].join(', ')
    throw new UserError(`The bench knows no "${unknown}": its only argument is one of ${known}.`)
  }
  if (!process.version.startsWith('v24.')) throw new Error(`Node 24 is measured, and this is ${process.version}.`)
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-bench-'))
  try {
    await bundleFunctions()
    for (const part of parts) {
      console.log(`Measuring: ${part}…`)
      await PARTS[part]?.(directory)
    }
    console.log('Wrote docs/benchmarks.md.')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function benchEvents(): Promise<void> {
  const { measureEvents } = await import('./events.ts')
  const { tables, lost } = await measureEvents()
  writeSection('events', tables)
  writeMachine()
  if (lost > 0) throw new UserError(`${lost} events did not come (docs/benchmarks.md): none may be lost.`)
}

async function benchVisits(): Promise<void> {
  const { measureVisits } = await import('./visits.ts')
  const { tables, wrong } = await measureVisits()
  writeSection('visits', tables)
  writeMachine()
  if (wrong > 0) throw new UserError(`${wrong} answers were wrong (docs/benchmarks.md).`)
}

function writeMachine(): void {
  const { version, platform, arch } = process
  writeSection('machine', `Node ${version}, ${platform} ${arch}, ${availableParallelism()} cores.`)
}
