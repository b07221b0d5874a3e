const NARROW = { viewport: { width: 320, height: 640 } }

/** The ways in which each page is looked at. */
export const LOOKS = [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', ...NARROW }],
  ['narrow, dark', { colorScheme: 'dark', ...NARROW }],
] as const
