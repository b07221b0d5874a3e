import { spawn } from 'node:child_process'
import type { Sample } from './sample.ts'

/** A function to measure: its bundle, and the environment that Lambda would give it. */
export interface Subject {
  name: string
  bundle: string
}

const SAMPLE_TIMEOUT_MS = 20_000

export interface MeasureOptions {
  /** The bundle of `sample.ts`: types stripped beforehand, as that costs CPU. */
  runner: string
  environment: Record<string, string>
  rounds: number
}

/**
 * Takes one sample of each subject a round, and starts each round with another one, so that whatever else the machine
 * does falls on all of them. The answer holds the medians by name.
 */
export async function measure(subjects: Subject[], options: MeasureOptions): Promise<Map<string, Sample>> {
  const samples = new Map<string, Sample[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < options.rounds; round++) {
    const first = round % subjects.length
    for (const { name, bundle } of [...subjects.slice(first), ...subjects.slice(0, first)]) {
      samples.get(name)?.push(await runFresh<Sample>([options.runner, bundle], options.environment))
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, medians(taken)]))
}

/** Runs Node with just this environment; what it prints last on stderr is the answer. */
export async function runFresh<Answer>(args: string[], environment: Record<string, string>): Promise<Answer> {
  const child = spawn(process.execPath, args, {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: SAMPLE_TIMEOUT_MS,
  })
  let printed = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk
  })
  const code = await new Promise<number | null>((done, failed) => child.once('error', failed).once('close', done))
  if (code !== 0) throw new Error(`node ${args.join(' ')} failed with ${code}: ${printed.slice(-2000)}`)
  return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Answer
}

function medians(samples: Sample[]): Sample {
  const of = (field: keyof Sample) => median(samples.map((sample) => sample[field]))
  return {
    coldCpu: of('coldCpu'),
    coldMainCpu: of('coldMainCpu'),
    initWall: of('initWall'),
    firstWall: of('firstWall'),
    warmCpu: of('warmCpu'),
  }
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
