import { customizeToken } from '../../../functions/identity/customize-token.ts'
import { parseGroupScopes } from '../../../functions/identity/group-scopes.ts'
import type { PreTokenEvent } from '../../../functions/identity/token-changes.ts'
import { usualWay } from '../usual-way.ts'
import { GROUP_SCOPES } from './sign-in.ts'

const customize = customizeToken(parseGroupScopes(GROUP_SCOPES))

/** The same changes of the token, wrapped in the middleware that most guides use; like ours it logs nothing. */
export const handler = usualWay(async (event: PreTokenEvent) => customize(event))
