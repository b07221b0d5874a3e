import { defineAccess } from '../shared/access.ts'

export const LINKS_ACCESS = defineAccess({
  resourceServer: 'links',
  scopes: {
    read: 'Read the short links of the own tenant',
    write: 'Create, change and delete short links of the own tenant',
    admin: 'Block and unblock short links of the own tenant',
  },
  groups: {
    'link-viewers': ['read'],
    'link-editors': ['read', 'write'],
    'link-admins': ['read', 'write', 'admin'],
  },
})
