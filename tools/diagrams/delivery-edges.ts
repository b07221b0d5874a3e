import { connect, type Edge } from './edges.ts'
import { at, listOf, type Resource, type StackView, textOf } from './stack-view.ts'

/** Draws deliveries by AWS itself: streams and queues to functions, dead letters, topics, buckets, user pools. */
export function deliveryEdges(stack: StackView): Edge[] {
  return [
    ...stack.ofType('AWS::Cognito::UserPoolClient').flatMap((client) => signIns(client, stack)),
    ...stack.ofType('AWS::Cognito::UserPool').flatMap((pool) => triggers(pool, stack)),
    ...stack.ofType('AWS::S3::Bucket', 'Custom::S3BucketNotifications').flatMap((each) => notifications(each, stack)),
    ...stack.ofType('AWS::SNS::Subscription').flatMap((subscription) => subscriptions(subscription, stack)),
    ...stack.ofType('AWS::Lambda::EventSourceMapping').flatMap((mapping) => mappings(mapping, stack)),
    ...stack.ofType('AWS::Lambda::Function').flatMap(({ id, properties }) => {
      const target = at(properties.DeadLetterConfig, 'TargetArn')
      return connect([id], stack.ends(target), { lines: ['given up'], dotted: true })
    }),
    ...stack.ofType('AWS::Lambda::EventInvokeConfig').flatMap((config) => destinations(config, stack)),
    ...stack.ofType('AWS::SQS::Queue').flatMap((queue) => redrives(queue, stack)),
  ]
}

function signIns({ properties }: Resource, stack: StackView): Edge[] {
  const isProgram = listOf(properties.AllowedOAuthFlows).includes('client_credentials')
  const [person, line] = isProgram ? ['person:Program', 'client credentials'] : ['person:User', 'signs in']
  return connect([person], stack.ends(properties.UserPoolId), { lines: [line] })
}

function triggers({ id, properties }: Resource, stack: StackView): Edge[] {
  return Object.entries({ ...(properties.LambdaConfig as object | undefined) }).flatMap(([name, value]) =>
    connect([id], stack.ends(at(value, 'LambdaArn') ?? value), { lines: [wordsOf(name.replace(/Config$/, ''))] }),
  )
}

/** Turns `PreTokenGeneration` into `pre token generation`. */
function wordsOf(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}

/** CloudFormation writes `LambdaConfigurations` with one `Event`, the CDK's resource `LambdaFunctionConfigurations` with `Events`. */
function notifications({ id, type, properties }: Resource, stack: StackView): Edge[] {
  const buckets = type === 'AWS::S3::Bucket' ? [id] : stack.ends(properties.BucketName)
  const configuration = { ...(properties.NotificationConfiguration as object | undefined) }
  return Object.values(configuration)
    .flatMap(listOf)
    .flatMap((each) => {
      const events = listOf(at(each, 'Events') ?? at(each, 'Event')).map((event) => String(event))
      const lines = events.map((event) => event.replace(/^s3:/, '').replace(/:\*$/, ''))
      return connect(buckets, stack.ends(each), { lines })
    })
}

function subscriptions({ properties }: Resource, stack: StackView): Edge[] {
  const topics = stack.ends(properties.TopicArn)
  const deadLetters = stack.ends(at(properties.RedrivePolicy, 'deadLetterTargetArn'))
  return [
    ...connect(topics, stack.ends(properties.Endpoint)),
    ...connect(topics, deadLetters, { lines: ['undelivered'], dotted: true }),
  ]
}

function mappings({ properties }: Resource, stack: StackView): Edge[] {
  const functions = stack.ends(properties.FunctionName)
  const failed = stack.ends(at(properties.DestinationConfig, 'OnFailure', 'Destination'))
  const isStream = /\.StreamArn\b/.test(textOf(properties.EventSourceArn))
  return [
    ...connect(stack.ends(properties.EventSourceArn), functions, { lines: isStream ? ['stream'] : [] }),
    ...connect(functions, failed, { lines: ['given up'], dotted: true }),
  ]
}

function destinations({ properties }: Resource, stack: StackView): Edge[] {
  const functions = stack.ends(properties.FunctionName)
  const { DestinationConfig: config } = properties
  return [
    ...connect(functions, stack.ends(at(config, 'OnSuccess', 'Destination')), { lines: ['result'] }),
    ...connect(functions, stack.ends(at(config, 'OnFailure', 'Destination')), { lines: ['given up'], dotted: true }),
  ]
}

function redrives({ id, properties }: Resource, stack: StackView): Edge[] {
  const tries = at(properties.RedrivePolicy, 'maxReceiveCount')
  const lines = tries === undefined ? [] : [Number(tries) === 1 ? 'after 1 try' : `after ${textOf(tries)} tries`]
  return connect([id], stack.ends(at(properties.RedrivePolicy, 'deadLetterTargetArn')), { lines, dotted: true })
}
