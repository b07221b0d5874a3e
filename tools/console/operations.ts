import type { Template } from '../local-cloud/template.ts'
import { resourcesOfType } from '../local-cloud/template.ts'

/** Actions of Lambda's own pollers, of tracing and of logging: no code of a function calls these. */
const NOT_CALLED =
  /^(kms|logs|xray|lambda|scheduler):|^dynamodb:(GetRecords|GetShardIterator|DescribeStream|ListStreams|DescribeTable|ConditionCheckItem)$|^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility|GetQueueAttributes|GetQueueUrl)$|\*/

/** Operations that are allowed by an action of another name. */
const ALSO: Record<string, string[]> = {
  'dynamodb:PutItem': ['dynamodb.TransactWriteItems'],
  'dynamodb:UpdateItem': ['dynamodb.TransactWriteItems'],
  'sqs:SendMessage': ['sqs.SendMessageBatch'],
}

const INSTEAD: Record<string, string> = { 'execute-api:ManageConnections': 'execute-api.PostToConnection' }

interface Statement {
  Effect?: string
  Action?: string | string[]
}

/**
 * Lists the operations that each function may call, as `FAULTS` names them, by the policies of its role: logical ids of
 * functions, with operations such as `dynamodb.GetItem`.
 */
export function operationsOf(template: Template): Map<string, string[]> {
  const policies = resourcesOfType(template, 'AWS::IAM::Policy').map(([, { Properties = {} }]) => ({
    roles: JSON.stringify(Properties.Roles),
    statements: ((Properties.PolicyDocument as { Statement?: Statement[] }).Statement ?? []) as Statement[],
  }))
  const allowed = (role: string) =>
    policies
      .filter(({ roles }) => roles.includes(`"Ref":"${role}"`))
      .flatMap(({ statements }) => statements.filter(({ Effect }) => Effect === 'Allow'))
      .flatMap(({ Action = [] }) => Action)
  return new Map(
    resourcesOfType(template, 'AWS::Lambda::Function').map(([id, { Properties = {} }]) => [
      id,
      operations(allowed(roleOf(Properties.Role))),
    ]),
  )
}

function roleOf(value: unknown): string {
  const attribute = (value as { 'Fn::GetAtt'?: string[] } | undefined)?.['Fn::GetAtt']
  return attribute?.[0] ?? ''
}

function operations(actions: readonly string[]): string[] {
  const called = actions.filter((action) => !NOT_CALLED.test(action))
  const all = called.flatMap((action) => [INSTEAD[action] ?? action.replace(':', '.'), ...(ALSO[action] ?? [])])
  return [...new Set(all)].sort()
}
