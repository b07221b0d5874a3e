import { join } from 'node:path'
import { lintFromString, loadConfig } from '@redocly/openapi-core'
import { type RulesetDefinition, Spectral } from '@stoplight/spectral-core'
import { oas } from '@stoplight/spectral-rulesets'
import { ROOT } from '../support/settings.ts'

/**
 * Lints an OpenAPI document with the recommended rules of Spectral and of Redocly, offline. Returns a line for each
 * finding, with the rule, the place and the reason.
 *
 * @param text the document, as JSON.
 */
export async function lintDocument(text: string): Promise<string[]> {
  return [...(await spectralFindings(text)), ...(await redoclyFindings(text))]
}

async function spectralFindings(text: string): Promise<string[]> {
  const spectral = new Spectral()
  spectral.setRuleset({ extends: [[oas as RulesetDefinition, 'recommended']] })
  const findings = await spectral.run(text)
  return findings.map(({ code, path, message }) => `spectral ${code} at #/${path.join('/')}: ${message}`)
}

async function redoclyFindings(text: string): Promise<string[]> {
  const config = await loadConfig({ configPath: join(ROOT, 'redocly.yaml') })
  const findings = await lintFromString({ source: text, absoluteRef: 'openapi.json', config })
  return findings.map(({ ruleId, location, message }) => `redocly ${ruleId} at ${location[0]?.pointer}: ${message}`)
}
