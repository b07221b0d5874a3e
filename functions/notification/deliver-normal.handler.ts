import { deliverOfEnvironment } from './deliver-of-environment.ts'

export const handler = deliverOfEnvironment('notification-deliver-normal')
