import { type BatchGetOptions, createBatchGet } from '../../shared/data/batch-get.ts'
import type { CommitRequest } from '../domain/commit.ts'
import type { RecordKey, View } from '../domain/records.ts'
import { fromItem, keyOf, toKey } from './items.ts'
import { keyName, recordKey } from './keys.ts'

/** The records that a commit is decided on, as they were read. */
export interface ReadRecords extends View {
  readonly keys: readonly RecordKey[]
  /** Returns the revision of a record; `undefined` if there is none. */
  revision(key: RecordKey): number | undefined
}

/** Reads the records of a commit together and consistently, so that a decision takes one round trip. */
export function createReadRecords(options: BatchGetOptions) {
  const batchGet = createBatchGet(options)
  return async (request: CommitRequest, signal: AbortSignal): Promise<ReadRecords> => {
    const nameOf = (key: RecordKey) => keyName(recordKey(request, key))
    const keys = new Map(recordsOf(request).map((key) => [nameOf(key), key]))
    const wanted = [...keys.values()].map((key) => toKey(recordKey(request, key)))
    const items = await batchGet(wanted, { consistent: true, signal })
    const found = new Map(items.map((item) => [keyName(keyOf(item)), fromItem(item)]))
    return {
      keys: [...keys.values()],
      get: (key) => found.get(nameOf(key))?.value as never,
      revision: (key) => found.get(nameOf(key))?.revision,
    }
  }
}

/** Lists the records that a request's decision is based on. */
function recordsOf({ user, once, reads = [] }: CommitRequest): RecordKey[] {
  const commit = once ? [{ record: 'commit', user, cid: once.cid } as const] : []
  return [{ record: 'room' }, { record: 'member', user }, ...commit, ...reads]
}
