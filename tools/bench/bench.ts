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

/** Parts of docs/benchmarks.md, each of which can be measured on its own; `directory` holds intermediate files. */
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
  // This part runs last, because it fails if a gate is missed.
  overhead: async (directory) => {
    const overheads = await measureOverheads(directory)
    writeSection('overhead', overheadTable(overheads))
    writeMachine()
    const missed = overheads.filter((overhead) => judge(overhead) === 'over').map(({ title }) => title)
    if (missed.length > 0) throw new UserError(`Over the gate (docs/benchmarks.md): ${missed.join(', ')}.`)
  },
}

/** Parts that run only on request: they need a local cloud, or more time than the others. */
const ON_DEMAND: Record<string, () => Promise<void>> = {
  commands: async () => (await import('./commands.ts')).benchCommands(),
  events: benchEvents,
  visits: benchVisits,
  decisions: benchDecisions,
  chat: async () => (await import('./chat/room.ts')).benchRoom(), // not in a fork
  notifications: async () => (await import('./notification/urgency.ts')).benchUrgency(), // not in a fork
  clicks: async () => (await import('./url-shortener/clicks.ts')).benchClicks(), // not in a fork
  imports: async () => (await import('./url-shortener/imports.ts')).benchImports(), // not in a fork
  'rate-limit': async () => (await import('./rate-limit/rate-limit.ts')).benchRateLimit(), // not in a fork
}

/**
 * Measures the functions, and writes the results into docs/benchmarks.md. It takes about three minutes. An argument
 * selects one part: `bundles`, `functions` or `overhead`. Others run only on request: `commands` times the developer's
 * commands, `events` follows events to their consumer, `visits` measures the latency of visits, `decisions` that of a
 * rate limiter's, `clicks` counts clicks and visitors, `imports` imports rows, `rate-limit` compares the core of limits with another one, and
 * one sends messages to 500 connections of a room.
 *
 * @throws UserError when our own code takes longer than its gate, or an event is lost; the page is written all the
 * same.
 */
export async function bench([what]: string[] = []): Promise<void> {
  const onDemand = what !== undefined && Object.hasOwn(ON_DEMAND, what) ? ON_DEMAND[what] : undefined
  if (onDemand) return onDemand()
  const parts = what === undefined ? Object.keys(PARTS) : [what]
  const unknown = parts.find((part) => !Object.hasOwn(PARTS, part))
  if (unknown !== undefined) {
    const known = [...Object.keys(PARTS), ...Object.keys(ON_DEMAND)].join(', ')
    throw new UserError(`There is no benchmark "${unknown}": the only argument is one of ${known}.`)
  }
  if (!process.version.startsWith('v24.'))
    throw new Error(`The benchmark needs Node 24, and this is ${process.version}.`)
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
  if (lost > 0) throw new UserError(`${lost} events were lost (docs/benchmarks.md): none may be.`)
}

async function benchVisits(): Promise<void> {
  const { measureVisits } = await import('./visits.ts')
  const { tables, wrong } = await measureVisits()
  writeSection('visits', tables)
  writeMachine()
  if (wrong > 0) throw new UserError(`${wrong} answers were wrong (docs/benchmarks.md).`)
}

async function benchDecisions(): Promise<void> {
  const { measureDecisions } = await import('./decisions.ts')
  const { speed, units, wrong } = await measureDecisions()
  writeSection('decisions', speed)
  writeSection('decision-units', units)
  writeMachine()
  if (wrong > 0) throw new UserError(`${wrong} answers were wrong (docs/benchmarks.md).`)
}

function writeMachine(): void {
  const { version, platform, arch } = process
  writeSection('machine', `Node ${version}, ${platform} ${arch}, ${availableParallelism()} cores.`)
}
