import type { IssueUnsubscribeToken } from '../domain/unsubscription.ts'

/** Returns the headers of a mail by which its reader can unsubscribe with one click (RFC 8058). */
export function createMailHeaders({ issueToken, publicUrl }: { issueToken: IssueUnsubscribeToken; publicUrl: string }) {
  return async (
    { required, ...of }: { tenant: string; category: string; address: string; required: boolean },
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, string>>> => {
    // Nobody can unsubscribe from what is required.
    if (required) return {}
    const token = await issueToken(of, signal)
    return {
      'List-Unsubscribe': `<${publicUrl}/unsubscribe/${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    }
  }
}
