import type { ExtraUse } from '../cost.ts'
import { PRICE_LIST } from '../price-list.ts'
import { deliveryTable } from './delivery-cost.ts'
import { measureDeliveries } from './measure-deliveries.ts'

export const extra: ExtraUse = {
  stack: 'Notification',
  title: 'Notification: one to one person, from its acceptance to its delivery, by channel',
  table: async (cloud, outputs) => deliveryTable(await measureDeliveries(cloud, outputs), PRICE_LIST.assumed),
}
