import { Duration, Stack, Validations } from 'aws-cdk-lib'
import { Grant } from 'aws-cdk-lib/aws-iam'
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type CorsRule,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { ServiceFunction } from './service-function.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface ServiceBucketProps {
  readonly stage: Stage
  /** Origins whose pages may upload and download by signed URLs. */
  readonly corsOrigins: readonly string[]
  /**
   * The age at which S3 deletes objects, by the beginning of their keys, as in `{ 'exports/': Duration.days(7) }`. S3
   * counts whole days, and acts on the first midnight (UTC) after the last of them.
   *
   * @default objects stay until they are deleted
   */
  readonly expirations?: Readonly<Record<string, Duration>>
}

/** Rights of a function to objects. */
export type BucketAccess = 'read' | 'write' | 'delete'

const ACTIONS: Readonly<Record<BucketAccess, string>> = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  delete: 's3:DeleteObject',
}

/**
 * The standard bucket of all systems: private, encrypted, reached over TLS only, without versions, so that what is
 * deleted is gone. People reach objects by signed URLs alone. In prod it outlives its stack. In dev it is deleted with
 * the stack if it is empty (docs/deploy.md), as CloudFormation requires: emptying it here would take a function of the
 * CDK's own with the right to delete everything.
 */
export class ServiceBucket extends Construct {
  readonly bucket: Bucket

  constructor(scope: Construct, id: string, { stage, corsOrigins, expirations = {} }: ServiceBucketProps) {
    super(scope, id)
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: removalPolicy(stage),
      lifecycleRules: [
        // Parts of uploads that were never completed are charged, and listed nowhere.
        { id: 'abandoned-uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ...Object.entries(expirations).map(([prefix, expiration]) => ({ prefix, expiration })),
      ],
      ...(corsOrigins.length > 0 && { cors: corsRules(corsOrigins) }),
    })
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Access logs hold addresses, which no system stores. Functions log who was given a URL.',
    })
  }

  /**
   * Lets a function use the objects whose keys begin with the prefix: it finds the bucket in `BUCKET_NAME`. The right to
   * read includes that to list keys, without which S3 doesn't say that an object is missing.
   */
  grant(fn: ServiceFunction, prefix: string, ...access: BucketAccess[]): void {
    const grantee = fn.target
    fn.function.addEnvironment('BUCKET_NAME', this.bucket.bucketName)
    const actions = access.map((each) => ACTIONS[each])
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.bucket.arnForObjects(`${prefix}*`)] })
    const logicalId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnBucket)
    Validations.of(fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>/${prefix}*]`,
      reason: 'It uses objects of one bucket, whose keys are made while it runs.',
    })
    if (!access.includes('read')) return
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] })
  }
}

/** Lets the pages of these origins send and get objects. The signature is the permission, and no cookie is involved. */
function corsRules(corsOrigins: readonly string[]): CorsRule[] {
  const common = { allowedHeaders: ['content-type'], maxAge: 3600 }
  return [
    {
      ...common,
      allowedOrigins: [...corsOrigins],
      allowedMethods: [HttpMethods.POST, HttpMethods.PUT],
      exposedHeaders: ['etag'],
    },
    // A browser that follows a redirect from an API says that the origin is `null`, which only `*` matches.
    { ...common, allowedOrigins: ['*'], allowedMethods: [HttpMethods.GET, HttpMethods.HEAD] },
  ]
}
