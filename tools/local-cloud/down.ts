import { stopConsole } from '../console/process.ts'
import { localCloudOnPort } from '../support/settings.ts'
import { withLock } from './lock.ts'
import { stopMiniStack } from './ministack.ts'

/** `npm run down`: stops the local cloud of `STACKYARD_PORT`; the next start restores data and stacks. */
export async function down(): Promise<void> {
  const cloud = localCloudOnPort()
  const how = await withLock(cloud, async () => {
    // First the console, which removes its rules from the buses.
    await stopConsole(cloud)
    return stopMiniStack(cloud)
  })
  const sentence = {
    stopped: `The local cloud on port ${cloud.port} has stopped; its data is kept.`,
    killed: `The local cloud on port ${cloud.port} did not stop and was killed: data written since its last start is lost.`,
    'not-running': `No local cloud was running on port ${cloud.port}.`,
  }
  console.log(sentence[how])
}
