import type { MailHeaders } from './deliver/deliver.ts'
import type { ReadInboxMarks } from './deliver/situate.ts'
import type { TakeThrottle } from './domain/category.ts'
import type { JudgeQuietHours } from './domain/person.ts'

// Ports of parts that are not built yet, each with what it says until then.

/** Knows no quiet hours. */
export const judgeQuietHours: JudgeQuietHours = () => null

/** Holds nothing back. */
export const takeThrottle: TakeThrottle = async () => ({ outcome: 'allowed' })

/** Has no inbox, in which something could be seen. */
export const readInboxMarks: ReadInboxMarks = async () => ({ seen: false, read: false })

/** Adds nothing to a mail. */
export const mailHeaders: MailHeaders = async () => ({})
