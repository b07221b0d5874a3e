import { codeFor } from '../domain/code.ts'
import { type ChangeLink, type ChangeLinkDeps, changeLink } from './change-link.ts'
import { type CreateLink, type CreateLinkDeps, createLink } from './create-link.ts'
import { type DeleteLink, type DeleteLinkDeps, deleteLink } from './delete-link.ts'
import { type GetLink, type GetLinkDeps, getLink } from './get-link.ts'
import { type ListLinks, type ListLinksDeps, listLinks } from './list-links.ts'

/** The use cases of links. */
export interface LinkUseCases {
  create: CreateLink
  get: GetLink
  change: ChangeLink
  remove: DeleteLink
  list: ListLinks
}

/** The store of links; `LinkStore` fits. */
type Store = Pick<CreateLinkDeps, 'insert'> &
  Pick<ChangeLinkDeps, 'change'> &
  Pick<DeleteLinkDeps, 'remove'> &
  Pick<ListLinksDeps, 'readPage'> &
  GetLinkDeps

export interface LinkUseCasesDeps extends Pick<ChangeLinkDeps, 'newOperationId' | 'now' | 'ownHosts' | 'hashPassword'> {
  store: Store
}

export function linkUseCases({ store, ...deps }: LinkUseCasesDeps): LinkUseCases {
  return {
    create: createLink({ insert: store.insert, codeFor, ...deps }),
    get: getLink(store),
    change: changeLink({ change: store.change, ...deps }),
    remove: deleteLink({ remove: store.remove, ...deps }),
    list: listLinks({ readPage: store.readPage, readStates: store.readStates, now: deps.now }),
  }
}
