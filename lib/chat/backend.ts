import type { Alarms } from '../shared/alarms.ts'
import type { Stage } from '../shared/settings.ts'

/** The props that most constructs of the stack share. */
export interface Common {
  readonly stage: Stage
  readonly alarms: Alarms
}

/**
 * Partition keys: of tickets, of rooms, of users with their connections, and of a room's registered and watching
 * connections, and of rooms that need work later.
 */
export const [TICKETS, ROOMS, USERS, REGISTRY, WATCHERS, UPKEEP] = [
  ['W#*'],
  ['R#*'],
  ['U#*'],
  ['C#*'],
  ['V#*'],
  ['D#*'],
]

export const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query']
export const WRITES = ['dynamodb:ConditionCheckItem', 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']
