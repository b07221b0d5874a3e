import { localCloudOnPort } from '../support/settings.ts'
import { readEngineStatus } from './engine-state.ts'
import { isHealthy } from './ministack.ts'
import { readOutputs } from './outputs.ts'

/** `npm run status`: prints what is running, and where. Exits with 1 when nothing is. */
export async function status(): Promise<void> {
  const cloud = localCloudOnPort()
  const engine = readEngineStatus(cloud)
  if (!(await isHealthy(cloud.endpoint))) {
    console.log(`Nothing answers at ${cloud.endpoint}: start the local cloud with "npm start".`)
    process.exitCode = 1
    return
  }
  const who = engine.kind === 'running' ? `${engine.state.engine}, process ${engine.state.pid}` : 'not started here'
  console.log(`Local cloud  ${cloud.endpoint}  (${who})`)
  for (const [stack, outputs] of Object.entries((await readOutputs(cloud)).stacks)) {
    console.log(`\n${stack}`)
    for (const [name, value] of Object.entries(outputs)) console.log(`  ${name.padEnd(12)} ${value}`)
  }
}
