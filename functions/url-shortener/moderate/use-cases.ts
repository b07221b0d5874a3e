import {
  type BlockLink,
  type BlockLinkDeps,
  blockLink,
  type UnblockLink,
  type UnblockLinkDeps,
  unblockLink,
} from './block-link.ts'
import { type ReportLink, type ReportLinkDeps, reportLink } from './report-link.ts'

/** The use cases of moderation. */
export interface ModerationUseCases {
  block: BlockLink
  unblock: UnblockLink
  report: ReportLink
}

export interface ModerationUseCasesDeps extends BlockLinkDeps, UnblockLinkDeps, Pick<ReportLinkDeps, 'mayBeKept'> {
  storeReport: ReportLinkDeps['store']
}

export function moderationUseCases({ storeReport, mayBeKept, ...deps }: ModerationUseCasesDeps): ModerationUseCases {
  return {
    block: blockLink(deps),
    unblock: unblockLink(deps),
    report: reportLink({ ...deps, mayBeKept, store: storeReport }),
  }
}
