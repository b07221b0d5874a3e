import type { GroupScopes } from './group-scopes.ts'
import { machineTokenChanges, type PreTokenEvent, userTokenChanges } from './token-changes.ts'

/**
 * Creates the function that returns Cognito's event with the changes to the access token. The ID token stays unchanged,
 * because no API accepts it.
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
