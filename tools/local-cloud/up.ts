import { consoleUrl, startConsole, stopConsole } from '../console/process.ts'
import { step } from '../support/progress.ts'
import { type LocalCloud, localCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { bootstrap } from './cdk-bootstrap.ts'
import { deploy, requireStacks, synthesize } from './deploy.ts'
import { readEngineStatus } from './engine-state.ts'
import { printExamples } from './examples.ts'
import { publishIssuer } from './issuer.ts'
import { withLock } from './lock.ts'
import { isHealthy, pinnedEngine, startMiniStack, stopMiniStack } from './ministack.ts'
import { type Outputs, readOutputs, writeOutputs } from './outputs.ts'

export interface UpOptions {
  /** @default all stacks */
  stacks?: string[]
  /** True if this deployment is recorded in `.local/outputs.json`. */
  latest: boolean
  /** Settings of the app, as for `cdk -c`. */
  context?: Record<string, string>
}

/** `npm start [-- <Stack>...]` */
export async function upCommand(stacks: string[]): Promise<void> {
  const cloud = localCloud()
  requireStacks(stacks)
  const wasRunning = consoleUrl(cloud) !== undefined
  console.log(`Console  ${await startConsole(cloud)}\n`)
  try {
    const outputs = await up(cloud, { stacks, latest: true })
    await printExamples(cloud, outputs)
  } catch (error) {
    if (!wasRunning) await stopConsole(cloud)
    throw error
  }
}

/**
 * Starts the local cloud and deploys to it; a running one is kept, and an unchanged stack is not deployed again. If
 * that fails or is interrupted, everything that was started is stopped.
 *
 * @throws UserError
 */
export async function up(cloud: LocalCloud, options: UpOptions): Promise<Outputs> {
  requireStacks(options.stacks ?? [])
  return withLock(cloud, async () => {
    const wasRunning = cloud.given || readEngineStatus(cloud).kind === 'running'
    try {
      await (cloud.given ? requireEndpoint(cloud) : startEngine(cloud))
      return await deployAll(cloud, options)
    } catch (error) {
      if (!wasRunning) await stopMiniStack(cloud)
      throw error
    }
  })
}

async function deployAll(cloud: LocalCloud, { stacks = [], latest, context = {} }: UpOptions): Promise<Outputs> {
  await Promise.all([bootstrap(cloud), publishIssuer(cloud)])
  const assembly = await step('Synthesizing the stacks (cdk synth)', () => synthesize(cloud, context))
  await step(`Deploying ${stacks.join(', ') || 'all stacks'} (cdk deploy)`, () => deploy(cloud, assembly, stacks))
  const outputs = await readOutputs(cloud)
  writeOutputs(cloud, outputs, { latest })
  return outputs
}

async function startEngine(cloud: LocalCloud): Promise<void> {
  await step(`Starting the local cloud (${pinnedEngine()}) on port ${cloud.port}`, () => startMiniStack(cloud))
}

async function requireEndpoint(cloud: LocalCloud): Promise<void> {
  if (await isHealthy(cloud.endpoint)) return
  throw new UserError(
    `Nothing answers at ${cloud.endpoint} (AWS_ENDPOINT_URL): start that endpoint, or unset the variable to start a local cloud.`,
  )
}
