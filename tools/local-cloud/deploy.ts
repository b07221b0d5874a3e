import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run, tail } from '../support/processes.ts'
import { awsEnvironment, type LocalCloud, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { copyAssembly, readTemplate, stackIds, withDependencies } from './assembly.ts'
import { CORRECTIONS, type DeployedStack } from './corrections.ts'
import { AUDIENCE, issuerUrl } from './issuer.ts'
import { isMiniStack } from './ministack.ts'
import { countByType, leftOut } from './refused-resources.ts'
import { stackResources } from './stacks.ts'

const CDK = join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk')

/**
 * Refuses names of unknown stacks before anything is started or synthesized: the app's source tells them.
 *
 * @throws UserError
 */
export function requireStacks(stacks: string[]): void {
  if (stacks.includes('Identity')) {
    throw new UserError('Identity is not deployed to a local cloud, because the tool is the issuer there.')
  }
  requireKnown(
    stacks,
    namedStacks().filter((stack) => stack !== 'Identity'),
  )
}

/** Lists the ids that `bin/app.ts` gives to stacks, sorted: `new System(app, 'System', …)`. */
export function namedStacks(): string[] {
  const source = readFileSync(join(ROOT, 'bin', 'app.ts'), 'utf8')
  return [...source.matchAll(/\(app, '(\w+)'/g)].map(([, id]) => id ?? '').sort()
}

function requireKnown(stacks: string[], known: string[]): void {
  const unknown = stacks.find((stack) => !known.includes(stack))
  if (unknown !== undefined) {
    throw new UserError(`There is no stack "${unknown}": the stacks are ${known.join(', ')}.`)
  }
}

/**
 * Synthesizes the app as a user does, with the local issuer.
 *
 * @param context more settings of the app, as in `{ tenancy: 'single' }`.
 * @returns the assembly's folder.
 */
export async function synthesize(cloud: LocalCloud, context: Record<string, string>): Promise<string> {
  const assembly = join(cloud.directory, 'cdk.out')
  // Webhooks can only go to this machine: what receives them runs here, too.
  const settings = { issuer: issuerUrl(cloud), audience: AUDIENCE, allowInsecureWebhooks: 'true', ...context }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  await cdk(cloud, 'synth', ['--quiet', '--output', assembly, ...flags])
  return assembly
}

/** Deploys stacks of an assembly with the CDK CLI; for an unchanged stack this is only a comparison. */
export async function deploy(cloud: LocalCloud, assembly: string, stacks: string[]): Promise<void> {
  const known = stackIds(assembly)
  requireKnown(stacks, known)
  const chosen = stacks.length > 0 ? withDependencies(assembly, stacks) : known

  const corrections = (await isMiniStack(cloud.endpoint)) ? CORRECTIONS : []
  const corrected = join(cloud.directory, 'assembly')
  copyAssembly(assembly, corrected, (template) =>
    corrections.reduce((current, { template: correct }) => correct?.(current, cloud) ?? current, template),
  )
  printLeftOut(chosen.flatMap((id) => leftOut(readTemplate(assembly, id), readTemplate(corrected, id))))
  const flags = ['--require-approval', 'never', '--method', 'direct', '--concurrency', '4', '--progress', 'events']
  await cdk(cloud, 'deploy', ['--app', corrected, ...flags, ...chosen])
  for (const stack of chosen) {
    const deployed = await deployedStack(cloud, assembly, stack)
    for (const correction of corrections) await correction.deployed?.(deployed, cloud)
  }
}

function printLeftOut(types: string[]): void {
  if (types.length === 0) return
  console.log(`  left out, because the engine refuses it: ${countByType(types)} (docs/local-cloud.md#corrections)`)
}

async function deployedStack(cloud: LocalCloud, assembly: string, stack: string): Promise<DeployedStack> {
  const resources = await stackResources(cloud, stack)
  const physicalIds = Object.fromEntries(resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]))
  return { template: readTemplate(assembly, stack), physicalIds }
}

async function cdk(cloud: LocalCloud, command: string, args: string[]): Promise<void> {
  mkdirSync(cloud.directory, { recursive: true })
  const logFile = join(cloud.directory, `${command}.log`)
  const status = await run(process.execPath, [CDK, command, ...args], {
    cwd: ROOT,
    env: cdkEnvironment(cloud),
    logFile,
  })
  if (status !== 0) throw new UserError(`"cdk ${command}" failed:\n${tail(logFile, 25)}`)
}

/** Puts Node 24 first on the PATH, as in npm scripts. */
function cdkEnvironment(cloud: LocalCloud): NodeJS.ProcessEnv {
  return {
    ...awsEnvironment(cloud),
    PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`,
    FORCE_COLOR: '0',
  }
}
