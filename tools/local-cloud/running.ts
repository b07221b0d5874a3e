import { type LocalCloud, localCloudOnPort } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { isHealthy } from './ministack.ts'

/**
 * Returns the local cloud of `STACKYARD_PORT`.
 *
 * @throws UserError when it isn't running.
 */
export async function runningCloud(): Promise<LocalCloud> {
  const cloud = localCloudOnPort()
  if (await isHealthy(cloud.endpoint)) return cloud
  throw new UserError(`No local cloud answers at ${cloud.endpoint}: start one with "npm start".`)
}
