import { type FileKind, SCHEMAS } from '../../publisher/schemas/index.ts'

/** Editors with a YAML language server complete and check a file that starts with this line. */
export function schemaHeader(kind: FileKind): string {
  const up = FOLDERED.has(kind) ? '../' : ''
  return `# yaml-language-server: $schema=${up}.ensign/schemas/${kind}.json\n`
}

const FOLDERED = new Set<FileKind>(['flag', 'segment', 'layer', 'holdout', 'tests'])

/** `.ensign/schemas/`: beside the files, so that editors find them without a network. */
export function schemaFiles(): [path: string, text: string][] {
  return Object.entries(SCHEMAS).map(([kind, schema]) => [
    `.ensign/schemas/${kind}.json`,
    `${JSON.stringify(schema, null, 2)}\n`,
  ])
}
