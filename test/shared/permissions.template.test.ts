import { nameOf, objectsIn, ofType, type Resource, resourcesIn, STAGES, stringsIn } from '../support/templates.ts'

/** Policies that need a wildcard, by `<stack>/<logical id>`, each with its reason. */
const ALLOWED: Record<(typeof STAGES)[number], { name: RegExp; because: string }[]> = {
  dev: [],
  prod: [
    {
      name: /\/\w+CanaryDeploymentRole[0-9A-F]{8}$/,
      because: 'CodeDeploy lists alarms, which AWS allows for all alarms of an account and region or for none.',
    },
  ],
}

/** Statements of every policy in a template: of roles, of resources, of trust. */
function statementsOf(resource: Resource): Record<string, unknown>[] {
  return objectsIn(resource.properties)
    .filter((object) => 'Statement' in object)
    .flatMap(({ Statement }) => (Array.isArray(Statement) ? Statement : [Statement]))
}

/** Checks whether a statement allows more than the resources and actions that it names. */
function isBroad(statement: Record<string, unknown>): boolean {
  if (statement.Effect !== 'Allow') return false
  if (leavesKeyToRoles(statement)) return false
  if ('NotAction' in statement || 'NotResource' in statement || 'NotPrincipal' in statement) return true
  const { Action, Resource, Principal } = statement
  const isNarrow = managesConnections(statement) || usesObjects(statement)
  const texts = [Action, Principal, ...(isNarrow ? [] : [Resource])].flatMap((part) => stringsIn(part))
  return texts.some((text) => text.includes('*'))
}

/**
 * Checks whether a statement is about the connections of one stage: AWS makes their ids, so that no policy can name
 * them.
 */
function managesConnections({ Action, Resource }: Record<string, unknown>): boolean {
  const resources = stringsIn(Resource).filter((text) => text.includes('*'))
  return (
    Action === 'execute-api:ManageConnections' &&
    resources.every((text) => /^\/[\w-]+\/\*\/@connections\/\*$/.test(text))
  )
}

/**
 * Checks whether a statement is about reading, writing or deleting objects of one bucket, whose keys no policy can
 * list.
 */
function usesObjects({ Action, Resource }: Record<string, unknown>): boolean {
  const [attribute, ...rest] = stringsIn(Resource).slice(2)
  const isOfBucket = attribute === 'Arn' && rest.length === 1 && /^\/([\w-]+\/)*\*$/.test(String(rest[0]))
  return isOfBucket && stringsIn(Action).every((action) => /^s3:(Get|Put|Delete)Object$/.test(action))
}

/**
 * Checks whether a statement of a key's policy leaves it to the roles of the account who uses the key, as KMS does
 * unless it is told otherwise. In such a policy, `*` is the key itself.
 */
function leavesKeyToRoles({ Action, Principal, Resource }: Record<string, unknown>): boolean {
  return Action === 'kms:*' && Resource === '*' && stringsIn(Principal).at(-1) === ':root'
}

test.each<[string, Record<string, unknown>]>([
  ['every action', { Effect: 'Allow', Action: '*', Resource: 'arn:x' }],
  ['every action of a service', { Effect: 'Allow', Action: ['a:Get', 's3:*'], Resource: 'arn:x' }],
  ['actions by a prefix', { Effect: 'Allow', Action: 'dynamodb:Get*', Resource: 'arn:x' }],
  ['every resource', { Effect: 'Allow', Action: 'a:b', Resource: ['arn:x', '*'] }],
  ['resources by a prefix', { Effect: 'Allow', Action: 'a:b', Resource: { 'Fn::Join': ['', ['arn:', '/*']] } }],
  [
    'connections of every stage',
    { Effect: 'Allow', Action: 'execute-api:ManageConnections', Resource: 'arn:x/*/@connections/*' },
  ],
  ['objects of every bucket', { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' }],
  [
    'anything with the objects of a bucket',
    {
      Effect: 'Allow',
      Action: 's3:PutObjectAcl',
      Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['B', 'Arn'] }, '/*']] },
    },
  ],
  ['everything with every key', { Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
  ['everything with a key to everybody', { Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS: '*' } }],
  ['all actions but one', { Effect: 'Allow', NotAction: 'a:b', Resource: 'arn:x' }],
  ['all resources but one', { Effect: 'Allow', Action: 'a:b', NotResource: 'arn:x' }],
  ['everybody', { Effect: 'Allow', Action: 'a:b', Principal: '*' }],
  ['every account', { Effect: 'Allow', Action: 'a:b', Principal: { AWS: '*' } }],
])('this test reports a statement that allows %s', (_, statement) => {
  expect(isBroad(statement)).toBe(true)
})

describe.each(STAGES)('in %s', (stage) => {
  const resources = resourcesIn(stage)

  test('no statement has a wildcard, unless it is listed with a reason', () => {
    const policies = resources.filter((resource) => statementsOf(resource).length > 0)
    expect(policies).not.toEqual([])
    const broad = policies.filter((resource) => statementsOf(resource).some(isBroad))
    const unlisted = broad.map(nameOf).filter((name) => !ALLOWED[stage].some((allowed) => allowed.name.test(name)))
    expect(unlisted).toEqual([])
    const unused = ALLOWED[stage].filter(({ name }) => !broad.some((policy) => name.test(nameOf(policy))))
    expect(unused).toEqual([])
  })

  test('no role has a managed policy of AWS', () => {
    const managed = ofType(resources, 'AWS::IAM::Role').filter(({ properties }) => 'ManagedPolicyArns' in properties)
    expect(managed.map(nameOf)).toEqual([])
  })

  test('only a service may invoke a function, and only for one source', () => {
    const permissions = ofType(resources, 'AWS::Lambda::Permission')
    expect(permissions).not.toEqual([])
    const open = permissions.filter(
      ({ properties: { Principal, SourceArn, SourceAccount } }) =>
        !/^[a-z-]+\.amazonaws\.com$/.test(String(Principal)) || (!SourceArn && !SourceAccount),
    )
    expect(open.map(nameOf)).toEqual([])
  })
})
