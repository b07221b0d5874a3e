import type { Page } from 'playwright-core'
import { axeViolations } from './axe.ts'
import { outline, overflow } from './page-checks.ts'

/** Checks what a page of the console shows now: axe, its outline, and that it fits its window. */
export async function checkConsolePage(page: Page, heading: string): Promise<void> {
  expect(await axeViolations(page)).toEqual([])
  const { language, headings, landmarks } = await outline(page)
  expect([language, headings, landmarks]).toEqual(['en', [heading], 1])
  expect(await overflow(page)).toBe(0)
}
