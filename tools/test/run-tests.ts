import type { Outputs } from '../local-cloud/outputs.ts'
import { onOwnCloud } from '../local-cloud/own-cloud.ts'
import { up } from '../local-cloud/up.ts'
import { Interrupted } from '../support/interruption.ts'
import { run } from '../support/processes.ts'
import { step } from '../support/progress.ts'
import { type LocalCloud, localCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { lintTemplates } from './cfn-lint.ts'
import { checkExamples } from './doc-examples.ts'
import { checkForks } from './forks.ts' // not in a fork
import { type Counts, runJest } from './jest.ts'
import { fuzzApis } from './schemathesis.ts'

interface Part {
  title: string
  run: (flags: readonly string[]) => Promise<Counts>
  /** The reason why the part can't be run, if there is one. */
  skip?: () => string | undefined
}

type Result = Counts & { title: string }

const PARTS: Record<string, Part[]> = {
  unit: [
    { title: 'Lint and format (biome)', run: () => check('npm', ['run', '--silent', 'lint']) },
    { title: 'Types (tsc)', run: () => check('npm', ['run', '--silent', 'types']) },
    { title: 'Examples in the documentation (tsc)', run: checkExamples },
    { title: 'Unit and template tests', run: () => runJest(['unit', 'template']) },
    { title: 'Templates (cfn-lint)', run: lintTemplates },
  ],
  e2e: [
    {
      title: 'Stores, systems, their pages and their OpenAPI documents, on a local cloud',
      run: () =>
        onLocalCloud({ auth: false }, async (cloud, outputs) =>
          sum(await runJestOn(['store', 'e2e', 'browser'], cloud), await fuzzApis(cloud, outputs)),
        ),
    },
    {
      title: 'The main journeys with IAM enforced',
      run: () => onLocalCloud({ auth: true }, (cloud) => runJestOn(['auth'], cloud)),
      skip: () => {
        const { given, auth } = localCloud()
        return given && !auth ? 'not run, because AWS_ENDPOINT_URL is set without AUTH=true' : undefined
      },
    },
    { title: 'Commands', run: () => runJest(['commands']) },
    { title: 'A fork of each system', run: checkForks }, // not in a fork
  ],
}

/** Flags that can be added to a part. */
const FLAGS = new Set<string>()
FLAGS.add('--all-forks') // not in a fork

/** `npm test`, or a part of it: `unit`, `e2e`. Its last line is `N passed, N failed`. */
export async function runTests(args: string[]): Promise<void> {
  const { parts, flags } = parseTestArguments(args)
  const results: Result[] = []
  for (const each of parts) results.push(...(await runPart(each, flags)))
  report(results)
}

/** @throws UserError for a part or a flag that does not exist. */
function parseTestArguments(args: readonly string[]): { parts: Part[]; flags: string[] } {
  const flags = args.filter((arg) => arg.startsWith('-'))
  const unknown = flags.find((flag) => !FLAGS.has(flag))
  if (unknown !== undefined) throw new UserError(`There is no flag "${unknown}".`)
  const [part] = args.filter((arg) => !flags.includes(arg))
  if (part !== undefined && !Object.hasOwn(PARTS, part))
    throw new UserError(`There is no part "${part}": use unit or e2e.`)
  return { parts: part === undefined ? Object.values(PARTS).flat() : (PARTS[part] ?? []), flags }
}

/** Runs a part; a skipped one counts nothing. A part that throws counts as a failure, and the others still run. */
async function runPart({ title, run: runIt, skip }: Part, flags: readonly string[]): Promise<Result[]> {
  try {
    const reason = skip?.()
    if (reason === undefined) return [{ title, ...(await step(title, () => runIt(flags))) }]
    console.log(`› ${title}: ${reason}`)
    return []
  } catch (error) {
    if (error instanceof Interrupted) throw error
    console.error(error instanceof UserError ? `✖ ${error.message}` : error)
    return [{ title, passed: 0, failed: 1 }]
  }
}

function report(results: Result[]): void {
  console.log()
  for (const { title, passed, failed } of results)
    console.log(`${failed ? '✖' : '✔'} ${title}: ${passed} of ${passed + failed}`)
  const { passed, failed } = sum(...results)
  if (failed > 0) process.exitCode = 1
  console.log(`\n${passed} passed, ${failed} failed`)
}

/** Runs a program; its exit code counts as one test. */
async function check(program: string, args: string[]): Promise<Counts> {
  const ok = (await run(program, args)) === 0
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
}

/** Runs tests against a new local cloud, or against the given endpoint. */
async function onLocalCloud(
  { auth }: { auth: boolean },
  test: (cloud: LocalCloud, outputs: Outputs) => Promise<Counts>,
): Promise<Counts> {
  const given = localCloud()
  if (given.given) return test(given, await up(given, { latest: false }))
  return onOwnCloud({ auth }, test)
}

function runJestOn(projects: string[], cloud: LocalCloud): Promise<Counts> {
  const endpoint = cloud.given && { AWS_ENDPOINT_URL: cloud.endpoint }
  return runJest(projects, { STACKYARD_PORT: String(cloud.port), ...endpoint })
}

function sum(...all: Counts[]): Counts {
  const total = (key: keyof Counts) => all.reduce((count, counts) => count + counts[key], 0)
  return { passed: total('passed'), failed: total('failed') }
}
