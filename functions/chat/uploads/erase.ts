/** The body of a message of the queue of erasures. */
export interface ErasureMessage {
  readonly objectKey: string
}

/** Reads the body of a message. @throws Error when it has no key. */
export function readErasureMessage(body: unknown): ErasureMessage {
  const { objectKey } = (body ?? {}) as { objectKey?: unknown }
  if (typeof objectKey !== 'string' || objectKey === '') throw new Error('objectKey is missing')
  return { objectKey }
}
