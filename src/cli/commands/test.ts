import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Json } from '../../base/json.ts'
import { junitXml, mismatchText } from '../../publisher/flagtests/junit.ts'
import { runFlagTests } from '../../publisher/flagtests/run.ts'
import type { TestReport } from '../../publisher/flagtests/types.ts'
import type { Call, Command } from '../command.ts'
import { NOW } from '../options.ts'
import { count, printProblem } from '../print.ts'
import { flagOf, loadWorkspace, nowOf, secretsOf } from '../workspace.ts'

export const test: Command = {
  name: 'test',
  topic: 'workspace',
  summary: 'run the tests of flags',
  about: 'Runs tests/*.spec.yaml on the engine that applications run.',
  args: [{ name: 'flag', about: 'only the tests of these flags', optional: true, many: true }],
  options: [
    { flags: '-e, --environment <name>', about: 'only the tests of this environment', many: true },
    { flags: '--junit <file>', about: 'also write the results as JUnit XML' },
    NOW,
  ],
  examples: [
    {
      command: 'ensign test --junit reports/flags.xml',
      shows: 'run all tests and leave a report for the build server',
    },
  ],
  json: {
    passed: 'number of tests that passed',
    failed: 'number of tests that failed',
    results: 'array of {file, line, name, flag, environment, ok, mismatches: [{member, expected, actual}]}',
    problems: 'tests that could not run, as in `ensign lint`',
  },
  async run(call) {
    const workspace = await loadWorkspace(call)
    for (const key of call.list('flag')) flagOf(workspace, key)
    call.progress('testing')
    const only = (name: string) => (call.list(name).length === 0 ? undefined : call.list(name))
    const [flags, environments] = [only('flag'), only('environment')]
    const report = runFlagTests(workspace, {
      now: nowOf(call),
      secrets: secretsOf(call, workspace),
      ...(flags === undefined ? {} : { flags }),
      ...(environments === undefined ? {} : { environments }),
    })
    const junit = call.text('junit')
    if (junit !== undefined) {
      const path = resolve(call.io.cwd, junit)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, junitXml(report))
    }
    return {
      exit: report.failed > 0 || report.problems.length > 0 ? 1 : 0,
      json: report as unknown as Json,
      text: reportText(report, call),
    }
  },
}

function reportText(report: TestReport, call: Call): string {
  const { paint } = call
  const lines: string[] = []
  for (const result of report.results.filter(one => !one.ok)) {
    lines.push(`${paint.red('failed')} ${result.name}`)
    lines.push(`  ${paint.cyan(`${result.file}:${result.line}`)}  ${result.flag} in ${result.environment}`)
    for (const mismatch of result.mismatches) lines.push(`  ${mismatchText(mismatch)}`)
    lines.push('')
  }
  for (const problem of report.problems) lines.push(printProblem(problem, paint), '')
  const failed = report.failed > 0 ? `, ${paint.red(`${report.failed} failed`)}` : ''
  const broken = report.problems.length > 0 ? `, ${count(report.problems.length, 'test')} could not run` : ''
  lines.push(`${count(report.passed, 'test')} passed${failed}${broken}`)
  return lines.join('\n')
}
