import { createCursors } from '../../shared/http/cursor.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { type IdempotencyOptions, idempotency } from '../../shared/http/idempotency.ts'
import { randomBytes } from '../../shared/ids/random-bytes.ts'
import type { Keys } from '../../shared/secrets/secrets.ts'
import { hashPassword } from '../domain/password.ts'
import { type LinkAnswersOptions, linkAnswers } from './answer.ts'
import { isFinal } from './create-bulk.ts'
import { type CreateRoutesOptions, createRoutes } from './create-routes.ts'
import { linkRoutes } from './routes.ts'
import { type LinkUseCasesDeps, linkUseCases } from './use-cases.ts'

export interface ManageRoutesOptions
  extends Pick<CreateRoutesOptions, 'count' | 'tenancy'>,
    Pick<LinkUseCasesDeps, 'store' | 'newOperationId'>,
    LinkAnswersOptions {
  /** URLs whose hosts serve short links: no link may lead to one of them. */
  ownUrls: readonly string[]
  keys: Keys
  operations: Pick<IdempotencyOptions, 'store' | 'leaseMs'>
}

/** Builds all routes that manage links, with their use cases. */
export function manageRoutes(options: ManageRoutesOptions): Record<string, HttpRoute> {
  const { store, newOperationId, now, keys, count, tenancy } = options
  const common = { ...linkAnswers(options), count, tenancy }
  const useCases = linkUseCases({
    store,
    newOperationId,
    now,
    ownHosts: new Set(options.ownUrls.map((url) => new URL(url).hostname)),
    hashPassword: (password) => hashPassword(password, randomBytes),
  })
  const operations = { ...options.operations, newOperationId, now }
  return {
    ...createRoutes({
      ...common,
      create: useCases.create,
      idempotency: idempotency(operations),
      bulkIdempotency: idempotency({ ...operations, isFinal }),
    }),
    ...linkRoutes({ ...common, useCases, cursors: createCursors({ keys, randomBytes }) }),
  }
}
