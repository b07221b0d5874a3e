import { optionalEnv, requiredEnv } from '../config/env.ts'

/** The region, endpoint and credentials with which a function calls one AWS service. */
export interface AwsEnvironment {
  region: string
  endpoint: string
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }
}

/** The names of a service: in host names, such as `dynamodb`, and in the variable of its own endpoint. */
export interface ServiceName {
  host: string
  /** The last part of the variable, such as `DYNAMODB` in `AWS_ENDPOINT_URL_DYNAMODB`. */
  variable: string
}

/** Reads the variables that Lambda and the stack set. Lambda's credentials last as long as the environment. */
export function awsEnvironment({ host, variable }: ServiceName): AwsEnvironment {
  const region = requiredEnv('AWS_REGION')
  const sessionToken = optionalEnv('AWS_SESSION_TOKEN')
  return {
    region,
    endpoint:
      optionalEnv(`AWS_ENDPOINT_URL_${variable}`) ??
      optionalEnv('AWS_ENDPOINT_URL') ??
      // CloudFormation's `AWS::URLSuffix`, which differs by partition.
      `https://${host}.${region}.${optionalEnv('URL_SUFFIX') ?? 'amazonaws.com'}`,
    credentials: {
      accessKeyId: requiredEnv('AWS_ACCESS_KEY_ID'),
      secretAccessKey: requiredEnv('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken !== undefined && { sessionToken }),
    },
  }
}
