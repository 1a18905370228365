import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { schemaText } from '../../language/generated/schema-text.generated.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { CliContext, GlobalOptions } from '../context.ts';
import { commandLineProblem, refuse } from '../problem.ts';
import { writeOut } from '../write-out.ts';
import { lock } from './lock.ts';

/** Writes a small repository that works at once: inventory, playbook, hotfix, schemas for the editor, a CI file, the lock file. */
export async function init(folder: string, options: GlobalOptions, context: CliContext): Promise<ExitCode> {
	const root = resolve(context.cwd, folder);
	const taken = Object.keys(files).filter(file => existsSync(join(root, file)));
	if (taken.length > 0) {
		return refuse(
			[
				commandLineProblem(
					'HS1801',
					`${taken[0]} exists already`,
					'choose an empty folder: nothing is ever overwritten',
				),
			],
			context,
		);
	}
	for (const [file, text] of Object.entries(files)) {
		const problem = writeOut(join(root, file), text);
		if (problem !== undefined) return refuse([problem], context);
	}
	const code = await lock([root], options, context);
	if (code === exitCodes.success && options.quiet !== true) context.stdout.write(welcome(relative(context.cwd, root)));
	return code;
}

/** What to do next, as it can be typed where the person stands. */
const welcome = (folder: string): string =>
	`\n${folder === '' ? 'This folder' : folder} is ready. Next:\n${folder === '' ? '' : `  cd ${folder}\n`}  hsctl plan playbooks/first.yaml     what would happen here, and why\n  hsctl apply playbooks/first.yaml    do it\n`;

const files: Readonly<Record<string, string>> = {
	'inventory.yaml': `# yaml-language-server: $schema=schemas/inventory.schema.json
groups:
  home:
    hosts:
      localhost: { connection: local }
`,
	'playbooks/first.yaml': `# yaml-language-server: $schema=../schemas/playbook.schema.json
hsctl: 1
name: first
hosts: home
inventory: ../inventory.yaml

hotfixes:
  hello:
    description: Leaves a note in the home folder, once
    when: { file_exists: { path: /etc/os-release } }
    script: hotfixes/hello.sh
    undo: hotfixes/hello_undo.sh
`,
	'hotfixes/hello.sh': `#!/bin/sh
set -eu
mkdir -p "$HOME/.local/share/hsctl-hello"
date >"$HOME/.local/share/hsctl-hello/note"
echo "left a note in $HOME/.local/share/hsctl-hello"
`,
	'hotfixes/hello_undo.sh': `#!/bin/sh
set -eu
rm -f "$HOME/.local/share/hsctl-hello/note"
rmdir "$HOME/.local/share/hsctl-hello" 2>/dev/null || true
echo "took the note away"
`,
	'.github/workflows/hsctl.yaml': `name: hsctl
on: [push, pull_request]
jobs:
  validate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npx hsctl validate --strict playbooks
      - run: npx hsctl lock --check
`,
	'schemas/playbook.schema.json': schemaText.playbook,
	'schemas/inventory.schema.json': schemaText.inventory,
};
