import type { ReadInboxMarks } from './deliver/situate.ts'

// Ports of parts that are not built yet, each with what it says until then.

/** Has no inbox, in which something could be seen. */
export const readInboxMarks: ReadInboxMarks = async () => ({ seen: false, read: false })
