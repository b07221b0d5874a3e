import type { ApiOperation } from '../../shared/http/api-description.ts'
import { SCOPE, userParameter } from '../fields.ts'

const one = { tag: 'Blocks', params: userParameter, scope: SCOPE }

export const blockOperations: readonly ApiOperation[] = [
  {
    ...one,
    routeKey: 'PUT /v1/blocks/{user}',
    id: 'blockUser',
    summary: 'Block a user',
    description:
      'The user can no longer send direct messages to the caller; groups are not affected. It takes no body.',
    onlyIfAbsent: true,
    responses: {
      204: { description: 'The user is blocked.' },
      404: { description: 'No user can have this name.', codes: ['not-found'] },
      422: { description: 'The user is the caller.', codes: ['invalid-input'] },
    },
  },
  {
    ...one,
    routeKey: 'DELETE /v1/blocks/{user}',
    id: 'unblockUser',
    summary: 'Unblock a user',
    description: 'The caller takes direct messages from them again.',
    responses: {
      204: { description: 'The user is not blocked.' },
      404: { description: 'The caller does not block this user.', codes: ['not-found'] },
    },
  },
]
