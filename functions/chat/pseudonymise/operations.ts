import type { ApiOperation } from '../../shared/http/api-description.ts'
import { ADMIN_SCOPE, userParameter } from '../fields.ts'

export const userOperations: readonly ApiOperation[] = [
  {
    routeKey: 'DELETE /v1/users/{user}',
    tag: 'Users',
    params: userParameter,
    scope: ADMIN_SCOPE,
    id: 'pseudonymiseUser',
    summary: 'Replace a user by a pseudonym',
    description:
      'Within a minute, the user leaves all rooms, and a random name stands for theirs in each message, event and mention. Connections are closed. A room without an owner gets its oldest admin as one, or else its oldest member; one without a member is deleted. What the user wrote stays. Revoke the user’s tokens first: whoever comes back under the same name is another user.',
    responses: {
      202: { description: 'It was begun, or is under way, or there is no such user.' },
      404: { description: 'No user can have this name.', codes: ['not-found'] },
    },
  },
]
