import type { DynamoDBRecord } from 'aws-lambda'
import { type BatchEntry, createSendBatches, type SendBatchesOptions } from '../../shared/queue/send-batches.ts'
import { type Erasure, UPLOADED_BY_MS } from '../domain/attachment.ts'

/**
 * Reads the content that is to be erased, because a record of the table's stream says that its attachment was removed;
 * `undefined` for any other record.
 *
 * @param now milliseconds since the epoch.
 */
export function readErasure({ eventName, dynamodb }: DynamoDBRecord, now: number): Erasure | undefined {
  const { objectKey, createdAt } = dynamodb?.OldImage ?? {}
  if (eventName !== 'REMOVE' || objectKey?.S === undefined) return undefined
  return { objectKey: objectKey.S, mayComeBack: now - Number(createdAt?.N ?? 0) < UPLOADED_BY_MS }
}

/**
 * Creates what hands content to those who erase it: at once, and again when no upload can be under way any more. It
 * rejects as `createSendBatches` does: whoever sends all of them again does no harm.
 */
export function createEraseLater(options: SendBatchesOptions) {
  const send = createSendBatches(options)
  return (erasures: readonly Erasure[], signal: AbortSignal) => send(erasures.flatMap(toEntries), signal)
}

function toEntries({ objectKey, mayComeBack }: Erasure): BatchEntry[] {
  const MessageBody = JSON.stringify({ objectKey })
  return [{ MessageBody }, ...(mayComeBack ? [{ MessageBody, DelaySeconds: UPLOADED_BY_MS / 1000 }] : [])]
}
