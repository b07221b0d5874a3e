import type { GroupScopes } from './group-scopes.ts'
import { machineTokenChanges, type PreTokenEvent, userTokenChanges } from './token-changes.ts'

/**
 * The event as Cognito wants it back: with what is to become of the access token, and else as it came. The ID token
 * stays as it is, because no API takes it.
 */
export function customizeToken(groupScopes: GroupScopes): (event: PreTokenEvent) => PreTokenEvent {
  return (event) => {
    const accessTokenGeneration =
      event.triggerSource === 'TokenGeneration_ClientCredentials'
        ? machineTokenChanges(event.request)
        : userTokenChanges(event.request, groupScopes)
    return { ...event, response: { ...event.response, claimsAndScopeOverrideDetails: { accessTokenGeneration } } }
  }
}
