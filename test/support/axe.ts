import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/** Returns what axe finds wrong with a page as it is now: the name of each rule, and the elements that break it. */
export async function axeViolations(page: Page): Promise<string[][]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate<AxeResults>('axe.run()')
  return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
}
