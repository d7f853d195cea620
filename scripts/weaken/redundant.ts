/** Refusals that no attack can show to matter, because another one catches what they catch. By clause. */
export const REDUNDANT: Readonly<Record<string, string>> = {
  '3.1': 'the shape of a root reads the kid first (2.8); keys that come from elsewhere are tested in test/trust',
  'F.6': 'P.8 compares the size of every part that is used',
  'F.8': 'header, index and parts together have the caps 6.29, P.1, P.7 and F.10',
  'F.9': 'a line that is not there is refused with the same code by F.1, F.4 and F.5',
  'F.12': 'how deep a runtime parses and prints differs, so that no case holds for all; tested on Node in test/bundle',
  'P.1': 'whoever reads an index reads no more than its cap (6.29, F.10)',
}
