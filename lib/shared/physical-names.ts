import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib'
import type { Stage } from './settings.ts'

/**
 * The UUID at the end of the stack's id: it survives updates, and no other stack has it, neither a copy in the same
 * account nor the same stack when it is destroyed and deployed again. Physical names that AWS requires are built from
 * it, so that two copies of a stack fit into an account.
 */
export function stackUuid(): string {
  return Fn.select(2, Fn.split('/', Aws.STACK_ID))
}

/**
 * The stack's name and the first 8 digits of its UUID, for names that must be short and show the stack that they belong
 * to.
 */
export function stackPrefix(): string {
  return `${Aws.STACK_NAME}-${Fn.select(0, Fn.split('-', stackUuid()))}`
}

/**
 * The removal policy of a resource with a physical name. In prod it is retained like all data, except when the
 * deployment that created it is rolled back: it would block the next deployment, which creates it again with the same
 * name.
 */
export function namedRemovalPolicy(stage: Stage): RemovalPolicy {
  return stage === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
}
