import type { PreTokenEvent } from '../../../functions/identity/token-changes.ts'

export const GROUP_SCOPES = JSON.stringify({
  'link-readers': ['links/read'],
  'link-editors': ['links/read', 'links/write'],
})

/** The event of a user who signs in: Cognito asks for the claims of the access token. */
export const SIGN_IN: PreTokenEvent = {
  version: '3',
  triggerSource: 'TokenGeneration_Authentication',
  region: 'us-east-1',
  userPoolId: 'us-east-1_EXAMPLE',
  userName: 'testuser',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '1example23456789' },
  request: {
    userAttributes: {
      sub: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111',
      'cognito:user_status': 'CONFIRMED',
      email: 'user@example.com',
      'custom:tenant': 'acme',
    },
    groupConfiguration: { groupsToOverride: ['link-editors'] },
    scopes: ['aws.cognito.signin.user.admin'],
  },
  response: { claimsAndScopeOverrideDetails: {} },
}
