import { AppError } from '../../shared/errors.ts'

/** Two that change the same policies at once are rare; whoever loses judges anew what is there then. */
const MAX_TRIES = 5

/**
 * Does what is judged on a read and written under its conditions, until nobody was in the way.
 *
 * @throws AppError (retryable) when others keep changing the same policies.
 */
export async function settle<Result>(attempt: () => Promise<Result | 'raced'>): Promise<Result> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const result = await attempt()
    if (result !== 'raced') return result
  }
  throw new AppError('conflict', `The policies changed during each of ${MAX_TRIES} tries`, { retryable: true })
}
