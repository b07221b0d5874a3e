import { POLICY } from './a-check.ts'
import { usualCheck } from './usual-check-route.ts'

export const handler = usualCheck({ readDefinition: async () => POLICY.definition, add: async () => 42 })
