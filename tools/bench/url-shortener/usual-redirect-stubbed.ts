import { LINK } from './a-link.ts'
import { usualRedirect } from './usual-redirect-route.ts'

export const handler = usualRedirect(async () => LINK)
