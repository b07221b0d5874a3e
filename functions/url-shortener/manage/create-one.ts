import type { Clock } from '../../shared/clock.ts'
import { validate } from '../../shared/http/validate.ts'
import { randomBytes } from '../../shared/ids/random-bytes.ts'
import { codeFor } from '../domain/code.ts'
import { hashPassword } from '../domain/password.ts'
import { type CreateLink, type CreateLinkDeps, type CreateLinkInput, createLink, type Inserted } from './create-link.ts'
import { notCreated } from './problems.ts'
import { createLinkBody } from './schema.ts'

/** The caller who creates a link, and the operation. */
export type Asked = Pick<CreateLinkInput, 'tenant' | 'createdBy' | 'operationId' | 'cause'>

/**
 * Creates the link that a body describes: that of a request, of a bulk, or a row of an import.
 *
 * @throws HttpProblem with the reason of a refusal, otherwise as `CreateLink` does.
 */
export function createOne(create: CreateLink, count: (metric: 'LinkCreated') => void) {
  return async (body: unknown, asked: Asked, signal: AbortSignal): Promise<Inserted> => {
    const { alias, reuse, ...fields } = validate(createLinkBody, body)
    const result = await create({ ...asked, fields, alias, reuse }, signal)
    if (!('state' in result)) throw notCreated(result, alias)
    if (result.outcome === 'created') count('LinkCreated')
    return result
  }
}

export interface RowCreatorDeps extends Pick<CreateLinkDeps, 'insert'> {
  /** URLs whose hosts serve short links: no link may lead to one of them. */
  ownUrls: readonly string[]
  now: Clock
  count: (metric: 'LinkCreated') => void
}

/** Creates the function that creates the links of an import, with all that `POST /v1/links` checks. */
export function rowCreator({ insert, ownUrls, now, count }: RowCreatorDeps) {
  const ownHosts = new Set(ownUrls.map((url) => new URL(url).hostname))
  const create = createLink({
    insert,
    codeFor,
    now,
    ownHosts,
    hashPassword: (password) => hashPassword(password, randomBytes),
  })
  const createFrom = createOne(create, count)
  return ({ body, ...asked }: Asked & { body: unknown }, signal: AbortSignal): Promise<Inserted> =>
    createFrom(body, asked, signal)
}
