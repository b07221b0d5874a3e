import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../shared/clock.ts'
import { meetsPreconditions, type Preconditions } from '../shared/preconditions.ts'
import type { Settle } from '../shared/resilience/settle.ts'
import type { Document, DocumentId } from './domain/document.ts'

/** Reads a document as it is now; `undefined` if there is none. */
export type ReadDocument = <Value>(id: DocumentId, signal: AbortSignal) => Promise<Document<Value> | undefined>

/** Writes or deletes a document if it is still the one that was read; `undefined` stands for none. */
export type WriteDocument = <Value>(change: DocumentChange<Value>, signal: AbortSignal) => Promise<'written' | 'raced'>

export interface DocumentChange<Value> {
  readonly id: DocumentId
  readonly before: Document<Value> | undefined
  readonly after: Document<Value> | undefined
}

export interface DocumentsDeps {
  read: ReadDocument
  write: WriteDocument
  settle: Settle
  newVersion: () => string
  now: Clock
}

export type PutResult<Value> =
  | { readonly outcome: 'created' | 'changed' | 'unchanged'; readonly document: Document<Value> }
  | { readonly outcome: 'stale' }

export type RemoveResult = 'removed' | 'not-found' | 'stale'

/** Documents that are made, replaced and deleted as a whole, under the conditions of a request. */
export interface Documents {
  read: ReadDocument
  put: <Value>(change: PutDocument<Value>, signal: AbortSignal) => Promise<PutResult<Value>>
  remove: (change: { id: DocumentId; conditions: Preconditions }, signal: AbortSignal) => Promise<RemoveResult>
}

export interface PutDocument<Value> {
  id: DocumentId
  value: Value
  conditions: Preconditions
}

/**
 * Creates the changes of documents. Each is judged by a read, and made only if the document is still the same.
 *
 * @throws AppError (retryable) when others keep changing the same document.
 */
export function createDocuments({ read, write, settle, newVersion, now }: DocumentsDeps): Documents {
  return {
    read,
    put: <Value>({ id, value, conditions }: PutDocument<Value>, signal: AbortSignal) =>
      settle(async (): Promise<PutResult<Value> | 'raced'> => {
        const before = await read<Value>(id, signal)
        if (!isWanted(conditions, before?.version)) return { outcome: 'stale' }
        if (before && isDeepStrictEqual(before.value, value)) return { outcome: 'unchanged', document: before }
        const document = { value, version: newVersion(), updatedAt: now() }
        if ((await write({ id, before, after: document }, signal)) === 'raced') return 'raced'
        return { outcome: before ? 'changed' : 'created', document }
      }, signal),
    remove: ({ id, conditions }, signal) =>
      settle(async (): Promise<RemoveResult | 'raced'> => {
        const before = await read(id, signal)
        if (!before) return 'not-found'
        if (!meetsPreconditions(conditions, before.version)) return 'stale'
        return (await write({ id, before, after: undefined }, signal)) === 'raced' ? 'raced' : 'removed'
      }, signal),
  }
}

/** Returns the conditions under which a document is still as it was read; `undefined` stands for none. */
export function sameAs(before: Document<unknown> | undefined): Preconditions {
  return before ? { ifMatch: [before.version] } : { ifNoneMatch: '*' }
}

/**
 * Checks the conditions of a PUT. `If-Match` never holds for what isn't there (RFC 9110, section 13.1.1).
 *
 * @param version the current one; `undefined` if there is nothing.
 */
export function isWanted(conditions: Preconditions, version: string | undefined): boolean {
  return version === undefined ? conditions.ifMatch === undefined : meetsPreconditions(conditions, version)
}
