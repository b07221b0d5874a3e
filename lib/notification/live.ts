import type { Construct } from 'constructs'
import { ServiceFunction } from '../shared/service-function.ts'
import type { ServiceTable } from '../shared/service-table.ts'
import { API_TIMEOUT, apiEnvironment, type Backend, type Common, READS, WRITES } from './backend.ts'

export function serveInboxes(scope: Construct, common: Common, backend: Backend): ServiceFunction {
  const { TABLE_NAME = '', SIGNING_SECRET = '', TENANCY = '' } = apiEnvironment(backend)
  const inbox = new ServiceFunction(scope, 'Inbox', {
    ...common,
    entry: 'functions/notification/inbox.handler.ts',
    budget: 'standard',
    description: 'Shows users their inboxes, and gives them tickets to follow them live.',
    timeout: API_TIMEOUT,
    environment: { TABLE_NAME, SIGNING_SECRET, TENANCY },
  })
  backend.table.grantKeys(inbox.target, ['B#*', 'C#*', 'W#*'], ...READS, ...WRITES)
  backend.signingSecret.grantRead(inbox.target)
  return inbox
}

export function checkTickets(scope: Construct, common: Common, table: ServiceTable): ServiceFunction {
  const authorize = new ServiceFunction(scope, 'Authorize', {
    ...common,
    entry: 'functions/notification/authorize.handler.ts',
    budget: 'standard',
    description: 'Takes the ticket with which a client connects.',
    environment: { TABLE_NAME: table.table.tableName },
  })
  table.grantKeys(authorize.target, ['W#*'], 'dynamodb:DeleteItem')
  return authorize
}

export function serveConnections(scope: Construct, common: Common, table: ServiceTable): ServiceFunction {
  const socket = new ServiceFunction(scope, 'Socket', {
    ...common,
    entry: 'functions/notification/socket.handler.ts',
    budget: 'standard',
    description: 'Knows which connections of users are live.',
    environment: { TABLE_NAME: table.table.tableName },
  })
  table.grantKeys(socket.target, ['C#*'], 'dynamodb:DeleteItem', 'dynamodb:PutItem')
  return socket
}
