import { requiredEnv } from '../shared/config/env.ts'
import { customizeToken } from './customize-token.ts'
import { parseGroupScopes } from './group-scopes.ts'
import type { PreTokenEvent } from './token-changes.ts'

const customize = customizeToken(parseGroupScopes(requiredEnv('GROUP_SCOPES')))

// A trigger that throws fails the sign-in, so that no token is issued without these changes.
export const handler = async (event: PreTokenEvent): Promise<PreTokenEvent> => customize(event)
