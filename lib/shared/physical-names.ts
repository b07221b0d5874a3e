import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib'
import type { Stage } from './settings.ts'

/**
 * The UUID at the end of the stack's id: an update keeps it, and no other stack has it, neither a copy in the same account
 * nor the same stack when it is destroyed and deployed again. A physical name that AWS asks for is built with it, so that
 * a stack fits twice into an account.
 */
export function stackUuid(): string {
  return Fn.select(2, Fn.split('/', Aws.STACK_ID))
}

/** The stack's name and the first 8 digits of its UUID, where a name must be short and say whose it is. */
export function stackPrefix(): string {
  return `${Aws.STACK_NAME}-${Fn.select(0, Fn.split('-', stackUuid()))}`
}

/**
 * What becomes of a resource with a physical name when its stack is destroyed or an update replaces it. In prod it is
 * kept as all data is, but not when the deploy that made it is rolled back: it would be in the way of the next deploy,
 * which makes it again by the same name.
 */
export function namedRemovalPolicy(stage: Stage): RemovalPolicy {
  return stage === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
}
