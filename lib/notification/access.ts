import { defineAccess } from '../shared/access.ts'

export const NOTIFY_ACCESS = defineAccess({
  resourceServer: 'notify',
  scopes: {
    send: 'Send notifications of the own tenant, cancel them, and see what became of them',
    manage: 'Define categories, templates, users and suppressions of the own tenant',
    self: 'See and change the own preferences, endpoints and inbox',
    admin: 'See the queues, and send what failed again',
  },
  groups: {
    'notification-users': ['self'],
    'notification-senders': ['send'],
    'notification-admins': ['send', 'manage', 'self', 'admin'],
  },
})
