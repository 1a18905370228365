import { connectionContract } from '../contracts/connection.ts';
import { type Behaviour, FakeConnection } from './fake-connection.ts';

/** Just enough of a shell for the contract's own programs. */
const contractPrograms: readonly (readonly [RegExp, (found: RegExpExecArray) => Behaviour])[] = [
	[
		/^while/,
		([program]) =>
			async (_, { out, err, signal }) => {
				while (!signal.aborted) {
					(program.includes('>&2') ? err : out)('a'.repeat(1000));
					await new Promise(setImmediate);
				}
				return 0;
			},
	],
	[/^sleep/, () => () => new Promise(() => {})],
	[
		/^exit (\d+)/,
		([, code]) =>
			() =>
				Number(code),
	],
	[
		/^cat; read/,
		() =>
			(_, { out }) => {
				out('[]\nstill here\n');
				return 0;
			},
	],
	[
		/^printf '%s' '(.*)'/,
		([, text = '']) =>
			(_, { out }) => {
				out(text);
				return 0;
			},
	],
	[
		/^echo to out/,
		() =>
			(_, { out, err }) => {
				out('to out\n');
				err('to err\n');
				return 0;
			},
	],
	[
		/^echo one; echo two/,
		() =>
			(_, { out }) => {
				out('one\n');
				out('two\n');
				return 0;
			},
	],
	[
		/^echo (\d)/,
		([, digit]) =>
			(_, { out }) => {
				out(`${digit}\n`);
				return 0;
			},
	],
];

const shellLike: Behaviour = (program, tell) => {
	const body = program.split('\n')[1] ?? '';
	for (const [pattern, make] of contractPrograms) {
		const found = pattern.exec(body);
		if (found !== null) return make(Object.assign(found, { 0: body }))(program, tell);
	}
	return 127;
};

const rig = async () => ({ open: async () => new FakeConnection(shellLike), folder: '/made/up', close() {} });

connectionContract('the connection to a made-up host', rig, 'made up');
