import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions } from '../../lib/shared/function-bundles.ts'
import { UserError } from '../user-error.ts'
import { buildSubjects, NAMES } from './build-subjects.ts'
import { bundleSizes } from './bundle-sizes.ts'
import { createCertificate } from './certificate.ts'
import { benchCommands } from './commands.ts'
import { table, writeSection } from './document.ts'
import { startFakeServer } from './fake-server.ts'
import { measure, runFresh } from './measure.ts'
import type { Sample } from './sample.ts'

const ROUNDS = 31

/**
 * Measures the functions, and writes what came out into docs/benchmarks.md. It takes about a minute. With the argument
 * `commands` it times the developer's commands instead.
 */
export async function bench([what]: string[] = []): Promise<void> {
  if (what === 'commands') return benchCommands()
  if (what !== undefined) throw new UserError(`The bench knows no "${what}": its only argument is "commands".`)
  if (!process.version.startsWith('v24.')) throw new Error(`Node 24 is measured, and this is ${process.version}.`)
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-bench-'))
  try {
    await bundleFunctions()
    writeSection('bundles', bundleSizes())
    console.log(`Taking ${ROUNDS} rounds of samples, each in a fresh process…`)
    writeSection('functions', await measureFunctions(directory))
    writeSection(
      'machine',
      `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores.`,
    )
    console.log('Wrote docs/benchmarks.md.')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureFunctions(directory: string): Promise<string> {
  const { subjects, runner, overhead } = await buildSubjects(directory)
  const certificate = createCertificate(directory)
  const server = await startFakeServer(certificate)
  try {
    const environment = { ...LAMBDA, AWS_ENDPOINT_URL: server.url, NODE_EXTRA_CA_CERTS: certificate.cert }
    const results = await measure(subjects, { runner, environment, rounds: ROUNDS })
    const microseconds = await runFresh<number>([overhead], environment)
    return `${comparison(results)}\n\nOur own code takes ${microseconds.toFixed(0)} us of a warm redirect (goal 60, gate 100).`
  } finally {
    server.stop()
  }
}

/** What Lambda sets, and the stack. */
const LAMBDA = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  // Nothing collects traces here.
  POWERTOOLS_TRACE_ENABLED: 'false',
  TABLE_NAME: 'links',
}

const HEADER = [
  'function',
  'cold start CPU',
  'of the main thread',
  'cold start, wall',
  'first request, ms',
  'warm CPU, ms',
]

function comparison(results: Map<string, Sample>): string {
  const hello = results.get(NAMES.hello)
  if (!hello) throw new Error('There is no sample of hello world.')
  const wall = ({ initWall, firstWall }: Sample) => initWall + firstWall
  const ratio = (value: number, unit: number) => `${(value / unit).toFixed(2)} x`
  const rows = [...results].map(([name, sample]) => [
    name,
    ratio(sample.coldCpu, hello.coldCpu),
    ratio(sample.coldMainCpu, hello.coldMainCpu),
    ratio(wall(sample), wall(hello)),
    sample.firstWall.toFixed(1),
    sample.warmCpu.toFixed(2),
  ])
  return table(HEADER, rows)
}
