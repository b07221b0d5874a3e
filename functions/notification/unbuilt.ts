import type { MailHeaders } from './deliver/deliver.ts'
import type { ReadInboxMarks, SituateDeps } from './deliver/situate.ts'
import type { TakeThrottle } from './domain/category.ts'
import type { ReadTemplate, Render } from './domain/template.ts'

// Ports of parts that are not built yet, each with what it says until then.

/** Knows no user, no suppression and no quiet hours. */
export const people: Pick<SituateDeps, 'readPerson' | 'readStanding' | 'judgeQuietHours'> = {
  readPerson: async () => undefined,
  readStanding: async () => ({ suppressed: null, unsubscribed: new Set() }),
  judgeQuietHours: () => null,
}

/** Holds nothing back. */
export const takeThrottle: TakeThrottle = async () => ({ outcome: 'allowed' })

/** Has no inbox, in which something could be seen. */
export const readInboxMarks: ReadInboxMarks = async () => ({ seen: false, read: false })

/** Knows no template. */
export const templates: { readTemplate: ReadTemplate; render: Render } = {
  readTemplate: async () => undefined,
  render: () => ({ outcome: 'no-parts' }),
}

/** Adds nothing to a mail. */
export const mailHeaders: MailHeaders = async () => ({})
