import { customizeToken } from '../../../functions/identity/customize-token.ts'
import { parseGroupScopes } from '../../../functions/identity/group-scopes.ts'
import type { PreTokenEvent } from '../../../functions/identity/token-changes.ts'
import type { WarmCase } from '../cases.ts'
import { GROUP_SCOPES, SIGN_IN } from './sign-in.ts'

const customize = customizeToken(parseGroupScopes(GROUP_SCOPES))

export const warm: WarmCase = {
  title: 'a token of a user (identity/pre-token)',
  budget: 'no-aws',
  event: SIGN_IN,
  handler: async (event: PreTokenEvent) => customize(event),
  isRight: (answer) => JSON.stringify(answer).includes('"scopesToAdd":["links/read","links/write"]'),
  usual: 'usual-pre-token.ts',
}
