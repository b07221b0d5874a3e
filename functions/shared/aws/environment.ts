import { optionalEnv, requiredEnv } from '../config/env.ts'

/** Where and as whom a function calls one AWS service. */
export interface AwsEnvironment {
  region: string
  endpoint: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

/** A service's name in host names, as in `dynamodb`, and in the variable that names an endpoint for it alone. */
export interface ServiceName {
  host: string
  /** As in `DYNAMODB` for `AWS_ENDPOINT_URL_DYNAMODB`. */
  variable: string
}

/** Reads what Lambda and the stack set. Lambda's credentials last as long as the environment. */
export function awsEnvironment({ host, variable }: ServiceName): AwsEnvironment {
  const region = requiredEnv('AWS_REGION')
  const sessionToken = optionalEnv('AWS_SESSION_TOKEN')
  return {
    region,
    endpoint:
      optionalEnv(`AWS_ENDPOINT_URL_${variable}`) ??
      optionalEnv('AWS_ENDPOINT_URL') ??
      // CloudFormation's `AWS::URLSuffix`: another one in each partition.
      `https://${host}.${region}.${optionalEnv('URL_SUFFIX') ?? 'amazonaws.com'}`,
    credentials: {
      accessKeyId: requiredEnv('AWS_ACCESS_KEY_ID'),
      secretAccessKey: requiredEnv('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken !== undefined && { sessionToken }),
    },
  }
}
