import { spawn } from 'node:child_process'

const SAMPLE_TIMEOUT_MS = 20_000

/**
 * Takes one sample of each subject a round, and starts each round with another one, so that other load on the machine
 * affects all of them alike. The samples are in the order of the subjects.
 */
export async function sampleInTurns<Subject, Sample>(
  subjects: readonly Subject[],
  rounds: number,
  take: (subject: Subject) => Promise<Sample>,
): Promise<{ subject: Subject; samples: Sample[] }[]> {
  const taken = subjects.map((subject) => ({ subject, samples: [] as Sample[] }))
  for (let round = 0; round < rounds; round++) {
    const first = round % subjects.length
    for (const { subject, samples } of [...taken.slice(first), ...taken.slice(0, first)]) {
      samples.push(await take(subject))
    }
  }
  return taken
}

/** Runs Node with only this environment, and parses its last line on stderr. */
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

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
