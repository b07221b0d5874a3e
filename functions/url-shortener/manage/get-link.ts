import { type DeletedLink, isDeleted, type Link, type LinkState } from '../domain/link.ts'

export interface GetLinkDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
  /** Reads the details and counters of links. */
  readStates: (links: readonly Link[], options: { consistent: boolean; signal: AbortSignal }) => Promise<LinkState[]>
}

export type GetLink = (
  selector: { tenant: string; code: string },
  signal: AbortSignal,
) => Promise<LinkState | undefined>

/** Reads the current state of a tenant's link. Deleted links and those of other tenants are not found. */
export function getLink({ read, readStates }: GetLinkDeps): GetLink {
  return async ({ tenant, code }, signal) => {
    const options = { consistent: true, signal }
    const link = await read(code, options)
    if (!link || isDeleted(link) || link.tenant !== tenant) return undefined
    const [state] = await readStates([link], options)
    return state
  }
}
