import type { TestReport, TestResult } from './types.ts'

/** The report as the XML that build servers read: one suite for each file. */
export function junitXml(report: TestReport): string {
  const files = new Map<string, TestResult[]>()
  for (const result of report.results) {
    const known = files.get(result.file)
    if (known === undefined) files.set(result.file, [result])
    else known.push(result)
  }
  const suites = [...files].map(([file, results]) => {
    const failures = results.filter(result => !result.ok).length
    const cases = results.map(caseXml).join('\n')
    return `  <testsuite name="${xmlText(file)}" tests="${results.length}" failures="${failures}">\n${cases}\n  </testsuite>`
  })
  const head = `<testsuites name="ensign" tests="${report.results.length}" failures="${report.failed}">`
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...suites, '</testsuites>', ''].join('\n')
}

function caseXml(result: TestResult): string {
  const open = `    <testcase name="${xmlText(result.name)}" classname="${xmlText(`${result.environment}.${result.flag}`)}"`
  if (result.ok) return `${open}/>`
  const message = result.mismatches.map(mismatchText).join('; ')
  return `${open} file="${xmlText(result.file)}" line="${result.line}">\n      <failure message="${xmlText(message)}"/>\n    </testcase>`
}

export function mismatchText({ member, expected, actual }: TestResult['mismatches'][number]): string {
  return `${member}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`
}

function xmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\n -\ud7ff\ue000-\ufffd]/g, '\ufffd')
}
