import { defineAccess } from '../shared/access.ts'

export const LIMITS_ACCESS = defineAccess({
  resourceServer: 'limits',
  scopes: {
    check: 'Ask for decisions by the policies of the own tenant, and for slots',
    admin: 'See and change the policies of the own tenant, and reset its subjects',
  },
  groups: {
    'limit-checkers': ['check'],
    'limit-admins': ['check', 'admin'],
  },
})
