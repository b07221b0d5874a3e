import { type ChangeLink, changeLink } from './change-link.ts'
import { type CreateLink, createLink } from './create-link.ts'
import { type DeleteLink, deleteLink } from './delete-link.ts'
import { type GetLink, getLink } from './get-link.ts'
import { codeFor } from './link-code.ts'
import type { LinkStore } from './link-store.ts'
import { type ListLinks, listLinks } from './list-links.ts'

/** What can be done with links. */
export interface LinkUseCases {
  create: CreateLink
  get: GetLink
  change: ChangeLink
  remove: DeleteLink
  list: ListLinks
}

export interface LinkUseCasesDeps {
  store: LinkStore
  newVersion: () => string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Hosts that serve short links. */
  ownHosts: ReadonlySet<string>
}

export function linkUseCases({ store, ...deps }: LinkUseCasesDeps): LinkUseCases {
  return {
    create: createLink({ insert: store.insert, codeFor, ...deps }),
    get: getLink(store),
    change: changeLink({ change: store.change, ...deps }),
    remove: deleteLink({ remove: store.remove, ...deps }),
    list: listLinks({ readPage: store.readPage, now: deps.now }),
  }
}
