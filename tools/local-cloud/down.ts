import { localCloudOnPort } from '../support/settings.ts'
import { withLock } from './lock.ts'
import { stopMiniStack } from './ministack.ts'

/** `npm run down`: stops the local cloud of `STACKYARD_PORT`; data and stacks are there again at the next start. */
export async function down(): Promise<void> {
  const cloud = localCloudOnPort()
  const how = await withLock(cloud, () => stopMiniStack(cloud))
  const sentence = {
    stopped: `The local cloud on port ${cloud.port} has stopped; its data is kept.`,
    killed: `The local cloud on port ${cloud.port} did not end by itself and was killed: what was written since its last start is lost.`,
    'not-running': `No local cloud was running on port ${cloud.port}.`,
  }
  console.log(sentence[how])
}
