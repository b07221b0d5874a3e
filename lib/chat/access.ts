import { defineAccess } from '../shared/access.ts'

export const CHAT_ACCESS = defineAccess({
  resourceServer: 'chat',
  scopes: {
    chat: 'Read and write in the own rooms',
    admin: 'Pseudonymise users of the own tenant',
  },
  groups: {
    'chat-users': ['chat'],
    'chat-admins': ['chat', 'admin'],
  },
})
