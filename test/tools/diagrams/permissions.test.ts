import { arnOf, edgesOf, FUNCTION, resource, TABLE } from './drawn.ts'

const ROLE = resource('AWS::IAM::Role')
const policy = (...Statement: object[]) =>
  resource('AWS::IAM::Policy', { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement } })

describe('the access of a function follows from its role', () => {
  const arn = arnOf('Links')
  const having = (...statements: object[]) =>
    edgesOf({ Fn: FUNCTION, Role: ROLE, Policy: policy(...statements), Links: TABLE })

  test('including the index that it queries', () => {
    expect(
      having(
        { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:DescribeTable'], Resource: arn },
        {
          Effect: 'Allow',
          Action: 'dynamodb:Query',
          Resource: [arn, { 'Fn::Join': ['', [arn, '/index/byTenant']] }],
        },
      ),
    ).toEqual(['Fn -->|"GetItem, Query,<br/>Query byTenant"| Links'])
  })

  test('by Fn::Sub with variables or without', () => {
    const allow = (Resource: object) => having({ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource })
    expect(allow({ 'Fn::Sub': `\${Links.Arn}/index/*` })).toEqual(['Fn -->|"PutItem"| Links'])
    expect(allow({ 'Fn::Sub': [`\${It}`, { It: arn }] })).toEqual(['Fn -->|"PutItem"| Links'])
    expect(allow({ 'Fn::Sub': `\${!Links.Arn}` })).toEqual([])
  })

  test('without denied actions, metadata and wildcard resources', () => {
    expect(
      having(
        { Effect: 'Deny', Action: 'dynamodb:GetItem', Resource: arn },
        { Effect: 'Allow', Action: 'dynamodb:DescribeTable', Resource: arn },
        { Effect: 'Allow', Action: 'dynamodb:Scan', Resource: '*' },
      ),
    ).toEqual([])
  })

  test('also with an inline policy, and a resource of another stack or the default bus', () => {
    const Statement = {
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: [
        { 'Fn::ImportValue': 'Other:Bus' },
        { 'Fn::Sub': `arn:aws:events:x:\${AWS::AccountId}:event-bus/default` },
      ],
    }
    const role = resource('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement } }] })
    expect(edgesOf({ Fn: FUNCTION, Role: role })).toEqual(['Fn -->|"PutEvents"| Other', 'Fn -->|"PutEvents"| Default'])
  })

  test('also when the policy is a resource that names one role', () => {
    const Statement = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn }
    const own = resource('AWS::IAM::RolePolicy', { RoleName: { Ref: 'Role' }, PolicyDocument: { Statement } })
    expect(edgesOf({ Fn: FUNCTION, Role: ROLE, Policy: own, Links: TABLE })).toEqual(['Fn -->|"GetItem"| Links'])
  })

  test('without the permissions of another role', () => {
    const other = resource('AWS::IAM::Policy', {
      Roles: [{ Ref: 'OtherRole' }],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn }] },
    })
    expect(edgesOf({ Fn: FUNCTION, Role: ROLE, OtherRole: ROLE, Policy: other, Links: TABLE })).toEqual([])
  })
})

test('the access of a state machine follows from its role', () => {
  const edges = edgesOf({
    Checkout: resource('AWS::StepFunctions::StateMachine', { RoleArn: arnOf('Role') }),
    Role: ROLE,
    Policy: policy({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::Sub': `\${Pay.Arn}:*` } }),
    Pay: resource('AWS::Lambda::Function'),
  })
  expect(edges).toEqual(['Checkout -->|"InvokeFunction"| Pay'])
})
