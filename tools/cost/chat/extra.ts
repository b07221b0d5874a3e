import type { ExtraUse } from '../cost.ts'
import { PRICE_LIST } from '../price-list.ts'
import { measureMessages } from './measure-messages.ts'
import { messageTable } from './message-cost.ts'

export const extra: ExtraUse = {
  stack: 'Chat',
  title: 'Chat: messages, delivered to every member over a WebSocket',
  table: async (cloud, outputs) => messageTable(await measureMessages(cloud, outputs), PRICE_LIST.assumed),
}
