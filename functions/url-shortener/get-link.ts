import { type DeletedLink, isDeleted, type Link } from './link.ts'

export interface GetLinkDeps {
  read: (code: string, options: { consistent: boolean; signal: AbortSignal }) => Promise<Link | DeletedLink | undefined>
}

export type GetLink = (selector: { tenant: string; code: string }, signal: AbortSignal) => Promise<Link | undefined>

/** A tenant's link, as its last change left it; deleted links and those of other tenants are not there. */
export function getLink({ read }: GetLinkDeps): GetLink {
  return async ({ tenant, code }, signal) => {
    const link = await read(code, { consistent: true, signal })
    return link && !isDeleted(link) && link.tenant === tenant ? link : undefined
  }
}
