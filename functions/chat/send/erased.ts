import type { Write } from '../domain/records.ts'

/** Erases the body of an edit in the log. */
export function erasedBody(seq: number): Write {
  return { key: { record: 'event', seq }, set: { erased: true, body: '' } }
}

/** Erases a message in the log, with its attachments. */
export function erasedMessage(seq: number): Write {
  return { key: { record: 'event', seq }, set: { erased: true, body: '', attachments: [] } }
}
