import type { Tenancy } from '../../shared/auth/principal.ts'
import { onlyIfAbsent } from '../../shared/http/conditions.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { invalidInput } from '../../shared/http/invalid-input.ts'
import type { HttpResponse } from '../../shared/http/response.ts'
import { requestedUser, requireCaller } from '../fields.ts'
import { alreadyThere, notFound } from '../problems.ts'

/** A user who takes no direct messages from another one. */
export interface Block {
  readonly tenant: string
  /** The user who refuses them. */
  readonly user: string
  readonly blocked: string
}

export interface NewBlock extends Block {
  /** True if a block that is there already must stay as it is (`If-None-Match: *`). */
  readonly onlyIfAbsent?: boolean
}

export interface Blocks {
  /** `stale`: the user was blocked already. */
  block: (block: NewBlock, signal: AbortSignal) => Promise<'blocked' | 'stale'>
  /** Returns whether the user was blocked. */
  unblock: (block: Block, signal: AbortSignal) => Promise<boolean>
}

/** The routes of blocks. A block holds for direct messages alone, and the blocked user learns of it by sending one. */
export function blockRoutes({ block, unblock, tenancy }: Blocks & { tenancy: Tenancy }): Record<string, HttpRoute> {
  return {
    async 'PUT /v1/blocks/{user}'(request): Promise<HttpResponse> {
      const caller = requireCaller(request, tenancy)
      const blocked = requestedUser(request)
      if (blocked === caller.user) throw invalidInput([{ path: 'user', message: 'must be another user' }])
      const outcome = await block({ ...caller, blocked, onlyIfAbsent: onlyIfAbsent(request) }, request.signal)
      if (outcome === 'stale') throw alreadyThere('You block this user already.')
      return { status: 204 }
    },

    async 'DELETE /v1/blocks/{user}'(request): Promise<HttpResponse> {
      const caller = requireCaller(request, tenancy)
      const wasBlocked = await unblock({ ...caller, blocked: requestedUser(request) }, request.signal)
      if (!wasBlocked) throw notFound('You do not block this user.')
      return { status: 204 }
    },
  }
}
