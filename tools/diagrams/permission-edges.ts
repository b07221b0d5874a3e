import { connect, type Edge, wrapped } from './edges.ts'
import { at, listOf, type Resource, type StackView, textOf } from './stack-view.ts'

/**
 * Draws the access of functions and state machines to other resources, as far as their roles allow.
 *
 * @param drawn edges of deliveries by AWS itself, some of which use the function's permissions.
 */
export function permissionEdges(stack: StackView, drawn: readonly Edge[]): Edge[] {
  return stack.ofType('AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine').flatMap((actor) => {
    const uses = statementsOf(actor, stack)
      .flatMap((statement) => usesIn(statement, stack))
      .filter((use) => !isOnBehalf(use, actor, drawn))
    return [...Map.groupBy(uses, ({ target }) => target)].flatMap(([target, own]) =>
      connect([actor.id], [target], { lines: wrapped([...new Set(own.map(({ label }) => label))]) }),
    )
  })
}

/** Actions that read metadata, and no data. */
const METADATA = /:(Describe\w*|GetBucket\w*|GetQueueAttributes|GetQueueUrl|ListStreams)\*?$/

/** Actions of an event source mapping on its source. */
const POLLING = /^(sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility)|dynamodb:(GetRecords|GetShardIterator))$/

/** Actions of Lambda on events that a function failed to process. */
const GIVING_UP = /^(sqs:SendMessage|sns:Publish|events:PutEvents)$/

interface Use {
  readonly action: string
  readonly target: string
  readonly label: string
}

function isOnBehalf({ action, target }: Use, { id }: Resource, drawn: readonly Edge[]): boolean {
  return drawn.some(
    ({ from, to }) =>
      (from === target && to === id && POLLING.test(action)) ||
      (from === id && to === target && GIVING_UP.test(action)),
  )
}

function statementsOf({ properties }: Resource, stack: StackView): unknown[] {
  const roles = stack.ids(properties.Role ?? properties.RoleArn)
  const isOfRole = (value: unknown) => stack.ids(value).some((id) => roles.includes(id))
  const inline = stack
    .ofType('AWS::IAM::Role')
    .filter(({ id }) => roles.includes(id))
    .flatMap((role) => listOf(role.properties.Policies))
  const attached = stack
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy')
    .filter((policy) => isOfRole(policy.properties.Roles ?? policy.properties.RoleName))
    .map((policy) => policy.properties)
  return [...inline, ...attached].flatMap((policy) => listOf(at(policy, 'PolicyDocument', 'Statement')))
}

function usesIn(statement: unknown, stack: StackView): Use[] {
  if (at(statement, 'Effect') !== 'Allow') return []
  const actions = listOf(at(statement, 'Action')).map(String)
  return listOf(at(statement, 'Resource')).flatMap((resource) => {
    const [, index] = /\/index\/([^*/]+)$/.exec(textOf(resource)) ?? []
    return targetsOf(resource, stack).flatMap((target) =>
      actions
        .filter((action) => !METADATA.test(action))
        .map((action) => ({ action, target, label: [action.replace(/^[^:]*:/, ''), index].filter(Boolean).join(' ') })),
    )
  })
}

function targetsOf(resource: unknown, stack: StackView): string[] {
  return /:event-bus\/default$/.test(textOf(resource)) ? ['bus:default'] : stack.ends(resource)
}
