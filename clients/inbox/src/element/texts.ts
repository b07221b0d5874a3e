/** The texts of the component. */
export interface InboxTexts {
  /** The name of the bell and of the list. */
  title: string
  /** The name of the bell when there is something that the user has not seen. */
  unseen: (count: number) => string
  unread: string
  markAllRead: string
  archive: (title: string) => string
  archiveShort: string
  more: string
  loading: string
  empty: string
  failed: string
  retry: string
  notLive: string
}

export const ENGLISH: InboxTexts = {
  title: 'Notifications',
  unseen: (count) => (count === 1 ? '1 new notification' : `${count} new notifications`),
  unread: 'Unread',
  markAllRead: 'Mark all as read',
  archive: (title) => `Archive “${title}”`,
  archiveShort: 'Archive',
  more: 'Show older',
  loading: 'Loading…',
  empty: 'Nothing here yet.',
  failed: 'Notifications can’t be loaded now.',
  retry: 'Try again',
  notLive: 'Not connected: what is new may come late.',
}
