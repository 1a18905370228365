import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparator } from '../../src/model/condition.ts';
import { compareVersions, describeBounds, isVersion, within } from '../../src/versions/compare.ts';

const comparators: readonly Comparator[] = ['semver', 'deb', 'rpm', 'alpm', 'loose'];

/** Short alphabets on purpose: random text collides rarely, these collide all the time. */
const piece = fc.constantFrom('0', '1', '2', '9', '10', '010', '00', 'a', 'b', 'rc', 'alpha', 'Z', 'dev');
const join = fc.constantFrom('', '.', '.', '.', '-', '+', '~', '^', '_');
const anyVersion = fc
	.tuple(
		fc.constantFrom('', '', '0:', '1:', '01:'),
		fc.constantFrom('0', '1', '2', '10'),
		fc.array(fc.tuple(join, piece), { maxLength: 5 }),
	)
	.map(([epoch, first, rest]) => epoch + first + rest.flat().join(''));
const semverText = fc
	.tuple(
		fc.constantFrom('', 'v'),
		fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
		fc.constantFrom('', '-rc.1', '-rc.2', '-1', '+b'),
	)
	.map(([prefix, numbers, rest]) => prefix + numbers.join('.') + rest);

function versionsOf(comparator: Comparator): fc.Arbitrary<string> {
	if (comparator === 'semver') return semverText;
	const understood = anyVersion.filter(text => isVersion(comparator, text));
	// Without a release, pacman calls versions the same that differ: the laws hold among versions with one.
	return comparator === 'alpm'
		? understood.map(text => `${text.replaceAll('-', '.')}-1`).filter(text => isVersion('alpm', text))
		: understood;
}

describe('every comparator', () => {
	it.each(comparators)('%s is a total order over the versions it understands', comparator => {
		const version = versionsOf(comparator);
		fc.assert(
			fc.property(version, version, version, (a, b, c) => {
				const [ab, ba, bc, ac] = [
					compareVersions(comparator, a, b) ?? Number.NaN,
					compareVersions(comparator, b, a) ?? Number.NaN,
					compareVersions(comparator, b, c) ?? Number.NaN,
					compareVersions(comparator, a, c) ?? Number.NaN,
				];
				expect(compareVersions(comparator, a, a)).toBe(0);
				expect(ab + ba).toBe(0);
				if (ab <= 0 && bc <= 0) expect(ac).toBeLessThanOrEqual(0);
				if (ab === 0) expect(ac).toBe(bc);
			}),
			{ numRuns: 3000 },
		);
	});

	it.each(comparators)('%s never throws, and orders nothing that is no version for it', comparator => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), anyVersion), anyVersion, (a, b) => {
				const order = compareVersions(comparator, a, b);
				expect(order === undefined).toBe(!isVersion(comparator, a) || !isVersion(comparator, b));
			}),
			{ numRuns: 1500 },
		);
	});

	it.each(comparators)('%s refuses what is no version', comparator => {
		for (const text of ['', ' ', 'unknown', '1.0 ', '1.0\n', '-1', '--version', '$(id)', '1'.repeat(300)]) {
			expect(isVersion(comparator, text), text).toBe(false);
			expect(compareVersions(comparator, '1.0', text), text).toBeUndefined();
		}
	});
});

const sign = { '<': -1, '=': 0, '>': 1 } as const;
type Row = readonly [string, keyof typeof sign, string];

const semverRows: readonly Row[] = [
	['1.2', '=', '1.2.0'],
	['v1.2.3', '=', '1.2.3'],
	['1', '<', '1.0.1'],
	['1.10.0', '>', '1.9.9'],
	['1.0.0-rc.1', '<', '1.0.0'],
	['1.2-rc.1', '<', '1.2'],
	['1.0.0-alpha', '<', '1.0.0-alpha.1'],
	['1.0.0-2', '<', '1.0.0-11'],
	['1.0.0-11', '<', '1.0.0-a'],
	['1.0.0+one', '=', '1.0.0+two'],
];
const debRows: readonly Row[] = [
	['1.0', '=', '1.0'],
	['1.0', '=', '0:1.0'],
	['1:1.0', '>', '9.0'],
	['1.0~rc1', '<', '1.0'],
	['1.0~~', '<', '1.0~'],
	['1.0', '<', '1.0-1'],
	['1.0-1', '<', '1.0-1+b1'],
	['1.0-9', '<', '1.0-10'],
	['1.2a', '<', '1.2+'],
	['2:8.2.2434-3+deb12u1', '<', '2:8.2.2434-3+deb12u10'],
	['1:2.43.0-1ubuntu7.1', '<', '1:2.43.0-1ubuntu7.10'],
	['1.0.0', '>', '1.0'],
	['1-2-3', '>', '1-2'],
];
const rpmRows: readonly Row[] = [
	['1.0', '=', '1_0'],
	['1.0', '<', '1.0.1'],
	['1.0~rc1', '<', '1.0'],
	['1.0^git1', '>', '1.0'],
	['1.0^git1', '<', '1.0.1'],
	['1.0~rc1^git1', '>', '1.0~rc1'],
	['1.0a', '<', '1.01'],
	['2.0-1.el9', '<', '2.0-10.el9'],
	['1:1.0-1', '>', '2.0-1'],
	['3.0.7', '<', '3.0.7-24.el9'],
	['010', '=', '10'],
];
const alpmRows: readonly Row[] = [
	['1.5.0', '=', '1.5.0'],
	['1.5.1', '>', '1.5.0'],
	['1.5.1', '>', '1.5'],
	['1.5.0-1', '=', '1.5.0-1'],
	['1.5.0-1', '<', '1.5.0-2'],
	['1.5.0-2', '<', '1.5.1-1'],
	['1.5-2', '<', '1.5.1-1'],
	['1.5', '=', '1.5-1'],
	['1.5-1', '=', '1.5'],
	['1.0-1', '<', '1.1'],
	['1.1-1', '>', '1.0'],
	['1.5b-1', '<', '1.5-1'],
	['1.5b', '<', '1.5'],
	['1.5b', '<', '1.5.1'],
	['1.0a', '<', '1.0alpha'],
	['1.0alpha', '<', '1.0b'],
	['1.0b', '<', '1.0beta'],
	['1.0beta', '<', '1.0rc'],
	['1.0rc', '<', '1.0'],
	['1.5.a', '>', '1.5'],
	['1.5.b', '>', '1.5.a'],
	['1.5.1', '>', '1.5.b'],
	['1.5.b-1', '=', '1.5.b'],
	['1.5-1', '<', '1.5.b'],
	['2.0', '=', '2_0'],
	['2.0_a', '=', '2_0.a'],
	['2.0a', '<', '2.0.a'],
	['2___a', '>', '2_a'],
	['0:1.0', '=', '1.0'],
	['0:1.0', '<', '1.1'],
	['1:1.0', '>', '1.1'],
	['1:1.0', '<', '2:1.1'],
	['1:1.0-1', '>', '0:1.1-1'],
];
const looseRows: readonly Row[] = [
	['2.29.2', '<', '2.30.0'],
	['2.30', '=', '2.30.0'],
	['1.10', '>', '1.9'],
	['v1.2', '=', '1.2'],
	['2.30.0-rc1', '<', '2.30.0'],
	['2.30.0.rc2', '>', '2.30.0.rc1'],
	['1.0-beta2', '<', '1.0-RC1'],
	['1.0.2', '<', '1.0.2g'],
	['1.0.2g', '<', '1.0.2h'],
	['1.0.2g', '<', '1.0.3'],
	['9.2p1', '>', '9.2'],
	['2.29.2.windows.1', '>', '2.29.2'],
	['1.36.1-r5', '<', '1.36.1-r15'],
	['6.8.0-45-generic', '<', '6.8.0-100-generic'],
	['9007199254740993', '>', '9007199254740992'],
];
const table = Object.entries({
	semver: semverRows,
	deb: debRows,
	rpm: rpmRows,
	alpm: alpmRows,
	loose: looseRows,
}).flatMap(([comparator, rows]) => rows.map(([a, order, b]) => [comparator as Comparator, a, order, b] as const));

it.each(table)('%s: %s %s %s, and the other way round', (comparator, a, order, b) => {
	expect(compareVersions(comparator, a, b)).toBe(sign[order]);
	expect(compareVersions(comparator, b, a)).toBe(0 - sign[order] || 0);
});

it.each([
	['semver', '1.2.3.4'],
	['semver', '01.2.3'],
	['semver', '99999999999999999999.0.0'],
	['deb', '1.0-'],
	['deb', '1:'],
	['deb', 'a1'],
	['deb', '1.0:2'],
	['deb', '1_0'],
	['rpm', '1.0-'],
	['rpm', 'el'],
	['alpm', '1.0.'],
	['alpm', '-1'],
	['loose', '1:2.3'],
	['loose', 'jq-1.6'],
] as const)('%s does not take %s for a version', (comparator, text) => {
	expect(isVersion(comparator, text)).toBe(false);
});

describe('beside the real tools', () => {
	const pairs = (comparator: Comparator): readonly (readonly [string, string])[] => {
		const version = versionsOf(comparator);
		const near = fc.tuple(version, version);
		return fc.sample(near, { numRuns: 2000, seed: 20_240_517 });
	};
	const has = (tool: string): boolean => {
		if (process.env.CI) return true;
		try {
			execFileSync(tool, ['--version'], { stdio: 'ignore' });
			return true;
		} catch {
			return false;
		}
	};

	it.skipIf(!has('dpkg'))('2,000 pairs come out as dpkg --compare-versions says (skipped without dpkg)', () => {
		const sample = pairs('deb');
		// dpkg takes one pair per process: it is asked whether our answer is right, and only disagreement is printed.
		const words = { '-1': 'lt', 0: 'eq', 1: 'gt' } as const;
		const questions = sample.map(([a, b]) => `${a} ${words[compareVersions('deb', a, b) ?? 0]} ${b}`);
		const script = questions.map(question => `dpkg --compare-versions ${question} || echo ${question}\n`);
		expect(execFileSync('sh', { input: script.join(''), encoding: 'utf8' })).toBe('');
		expect(new Set(questions.map(question => question.split(' ')[1]))).toEqual(new Set(['lt', 'eq', 'gt']));
	});

	it.skipIf(!has('rpm'))('2,000 pairs come out as rpm.vercmp says (skipped without rpm)', () => {
		const sample = pairs('rpm');
		const macro =
			'%{lua:for line in io.lines() do local a, b = line:match("(%S+) (%S+)") print(rpm.vercmp(a, b).."\\n") end}';
		const input = sample.map(pair => `${pair.join(' ')}\n`).join('');
		const answers = execFileSync('rpm', ['--eval', macro], { input, encoding: 'utf8' }).split('\n').filter(Boolean);
		expect(answers).toHaveLength(sample.length);
		sample.forEach(([a, b], index) => {
			expect(`${a} ${b} ${compareVersions('rpm', a, b)}`).toBe(`${a} ${b} ${answers[index]}`);
		});
	});
});

describe('within', () => {
	it.each([
		[{ below: '2.30.0' }, '2.29.2', true, 'git 2.29.2 is below 2.30.0'],
		[{ below: '2.30.0' }, '2.30.0', false, 'git 2.30.0 is not below 2.30.0'],
		[{ max_version: '2.30.0' }, '2.30.0', true, 'git 2.30.0 is at most 2.30.0'],
		[{ max_version: '2.30.0' }, '2.30.1', false, 'git 2.30.1 is not at most 2.30.0'],
		[{ min_version: '2.0' }, '2.0', true, 'git 2.0 is at least 2.0'],
		[{ min_version: '2.0' }, '1.9', false, 'git 1.9 is not at least 2.0'],
		[{ min_version: '2.0', below: '2.30' }, '2.1', true, 'git 2.1 is at least 2.0 and below 2.30'],
		[{ min_version: '2.0', below: '2.30' }, '2.31', false, 'git 2.31 is not below 2.30'],
	])('%j holds for %s: %s', (bounds, version, holds, because) => {
		expect(within(bounds, version, 'loose', 'git')).toEqual({ holds, because });
	});

	it('says nothing of a version or a bound that cannot be ordered', () => {
		expect(within({ below: '2.0' }, 'nightly', 'loose', 'git')).toBeUndefined();
		expect(within({ below: '2.0.0.0' }, '1.0.0', 'semver', 'git')).toBeUndefined();
		expect(within({ min_version: '1.0', below: 'soon' }, '1.0', 'loose', 'git')).toBeUndefined();
	});

	it('names the bounds as a rule', () => {
		expect(describeBounds({ below: '2.30.0', min_version: '2.0' }, 'loose')).toBe(
			'at least 2.0 and below 2.30.0 (loose)',
		);
	});
});
