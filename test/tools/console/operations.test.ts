import { operationsOf } from '../../../tools/console/operations.ts'

const template = {
  Resources: {
    Api: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['ApiRole', 'Arn'] } } },
    Idle: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['IdleRole', 'Arn'] } } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'ApiRole' }],
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:GetRecords'] },
            { Effect: 'Allow', Action: 'sqs:SendMessage' },
            {
              Effect: 'Allow',
              Action: ['sqs:ReceiveMessage', 'xray:PutTraceSegments', 'execute-api:ManageConnections'],
            },
            { Effect: 'Deny', Action: 'dynamodb:DeleteItem' },
          ],
        },
      },
    },
  },
}

test('the operations of a function are those that its role allows and its code can call, by the names of faults', () => {
  expect(Object.fromEntries(operationsOf(template))).toEqual({
    Api: [
      'dynamodb.GetItem',
      'dynamodb.PutItem',
      'dynamodb.TransactWriteItems',
      'execute-api.PostToConnection',
      'sqs.SendMessage',
      'sqs.SendMessageBatch',
    ],
    Idle: [],
  })
})
