import type { PreTokenEvent } from '../../functions/identity/token-changes.ts'

// Fields as in "Pre token generation Lambda trigger" of the Amazon Cognito developer guide (V3_0) and in @types/aws-lambda:
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
// Null values, and what a machine's event holds besides, as MiniStack 1.5.33 sends them.

type Request = PreTokenEvent['request']

const COMMON = {
  version: '3',
  region: 'us-east-1',
  userPoolId: 'us-east-1_EXAMPLE',
  // @types/aws-lambda has an object here.
  response: { claimsAndScopeOverrideDetails: null as never },
} as const

/** A user who signed in by SRP: Cognito's only scope is the one for the user's own profile. */
export function userEvent(request: Partial<Request> = {}, triggerSource = 'TokenGeneration_Authentication') {
  const event: PreTokenEvent = {
    ...COMMON,
    triggerSource,
    userName: 'testuser',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '1example23456789' },
    request: {
      userAttributes: {
        sub: 'a1b2c3d4-5678-90ab-cdef-EXAMPLE11111',
        'cognito:user_status': 'CONFIRMED',
        email: 'user@example.com',
        'custom:tenant': 'acme',
      },
      groupConfiguration: { groupsToOverride: ['link-editors'], iamRolesToOverride: [], preferredRole: null as never },
      scopes: ['aws.cognito.signin.user.admin'],
      ...request,
    },
  }
  return event
}

/** A program that signed in by client credentials: nobody's attributes, no groups, the scopes that Cognito granted. */
export function machineEvent(request: Partial<Request> = {}) {
  const event: PreTokenEvent = {
    ...COMMON,
    triggerSource: 'TokenGeneration_ClientCredentials',
    userName: 'ClientCredentials',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '2example23456789' },
    request: { userAttributes: {}, groupConfiguration: {}, scopes: ['links/read', 'tenant/acme'], ...request },
  }
  return event
}
