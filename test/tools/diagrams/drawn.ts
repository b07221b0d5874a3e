import { diagramOf } from '../../../tools/diagrams/diagram.ts'

export type Resources = NonNullable<Parameters<typeof diagramOf>[0]['Resources']>

export const resource = (Type: string, Properties: object = {}, path?: string) => ({
  Type,
  Properties,
  ...(path && { Metadata: { 'aws:cdk:path': path } }),
})

export const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] })

/** Returns the lines of a picture, without their indentation. */
export const linesOf = (Resources: Resources) =>
  diagramOf({ Resources })
    .split('\n')
    .map((line) => line.trim())

export const edgesOf = (Resources: Resources) => linesOf(Resources).filter((line) => / (-->|-\.->)/.test(line))

export const QUEUE = resource('AWS::SQS::Queue')
export const TABLE = resource('AWS::DynamoDB::Table')
export const BUS = resource('AWS::Events::EventBus')
export const TOPIC = resource('AWS::SNS::Topic')
export const FUNCTION = resource('AWS::Lambda::Function', { Role: arnOf('Role') })
