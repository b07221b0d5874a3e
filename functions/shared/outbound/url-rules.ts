import { promises } from 'node:dns'
import { optionalEnv } from '../config/env.ts'
import type { UrlRules } from './check-url.ts'
import type { JudgeUrl } from './resolve-url.ts'

/** Reads the rules for URLs from `ALLOW_INSECURE_URLS`, which a stack may set in development, and from Lambda's own variable. */
export function urlRulesOfEnvironment(): UrlRules {
  return {
    allowInsecure: optionalEnv('ALLOW_INSECURE_URLS') === 'true',
    runtimeApi: optionalEnv('AWS_LAMBDA_RUNTIME_API'),
  }
}

/** Creates the check of URLs that are to be stored, by these rules. */
export function judgeUrlOfEnvironment(): JudgeUrl {
  const rules = urlRulesOfEnvironment()
  // Loaded when needed: most requests name no URL.
  return async (text, signal) => {
    const { createJudgeUrl } = await import('./resolve-url.ts')
    return createJudgeUrl({ rules, lookup: promises.lookup })(text, signal)
  }
}
