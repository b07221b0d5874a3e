/** Why a link leads nowhere: the status, a title for people, and a sentence for everybody. */
export const REFUSALS = {
  'not-found': [404, 'No such link', 'There is no link with this code.'],
  'not-started': [404, 'Not yet', 'This link does not lead anywhere yet.'],
  deleted: [410, 'Deleted', 'This link was deleted.'],
  blocked: [451, 'Blocked', 'This link is blocked.'],
  expired: [410, 'Expired', 'This link has expired.'],
  exhausted: [410, 'Used up', 'This link was opened as often as it may be.'],
} as const

export type RefusalCode = keyof typeof REFUSALS
