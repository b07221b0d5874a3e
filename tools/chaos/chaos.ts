import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runningCloud } from '../local-cloud/running.ts'
import { run } from '../support/processes.ts'
import { ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'

const USAGE = 'npm run chaos -- <system> [--seeds 100 | --seed 7]'
const JEST = join('node_modules', 'jest', 'bin', 'jest.js')

/**
 * `npm run chaos -- <system> [--seeds <count> | --seed <one>]`: runs a system's chaos test with other seeds than `npm
 * test` does, on the tables of the running local cloud: each seed makes other requests and other failures.
 *
 * @throws UserError
 */
export async function chaos(args: string[]): Promise<void> {
  const { system, ...seeds } = parse(args)
  const test = `test/${system}/chaos/chaos.store.test.ts`
  if (!existsSync(join(ROOT, test))) throw new UserError(`There is no chaos test of "${system}": ${test} is missing.`)
  const { port } = await runningCloud()
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
  const env = { ...process.env, AWS_ENDPOINT_URL: undefined, STACKYARD_PORT: String(port), ...seeds }
  if ((await run(process.execPath, [...node, JEST, test], { cwd: ROOT, env })) !== 0) process.exitCode = 1
}

/** @throws UserError */
export function parse(args: string[]): { system: string; CHAOS_SEEDS?: string; CHAOS_SEED?: string } {
  try {
    const options = { seeds: { type: 'string' }, seed: { type: 'string' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    const [system, ...others] = positionals
    if (system === undefined || others.length > 0) throw new Error('Name one system.')
    const { seeds, seed } = values
    if (seeds !== undefined && seed !== undefined) throw new Error('Give a number of seeds, or one seed.')
    for (const value of [seeds, seed]) {
      if (value !== undefined && !/^[1-9]\d{0,8}$/.test(value))
        throw new Error(`"${value}" is not a whole number of 1 or more.`)
    }
    return { system, ...(seeds && { CHAOS_SEEDS: seeds }), ...(seed && { CHAOS_SEED: seed }) }
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: ${USAGE}`)
  }
}
