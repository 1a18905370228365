import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Hotfix } from '../../src/model/unit.ts';
import { fileExists, hotfix, script } from '../fakes/builders.ts';
import { digestOf } from './digest.ts';
import { engine } from './engine.ts';

const many = (count: number, rest: (index: number) => Partial<Omit<Hotfix, 'address'>> = () => ({})) =>
	Array.from({ length: count }, (_, index) =>
		hotfix({ address: `hotfix.u${index}`, script: script(`echo ${index} >>"$HSCTL_VAR_BOX/lines"\n`), ...rest(index) }),
	);

const onBox = () => {
	const box = engine();
	onTestFinished(() => box.close());
	return box;
};

it('a plan of 50 hotfixes is one exchange', async () => {
	const box = onBox();
	const { plan } = await box.plan(
		many(50, index => ({ when: fileExists(`/etc/passwd${index % 2 === 0 ? '' : index}`) })),
	);
	expect(plan.counts).toMatchObject({ run: 25, skip: 25 });
	expect(box.exchanges()).toBe(1);
	expect(readdirSync(box.folder)).toEqual([]);
});

it('the first apply of 20 hotfixes is one exchange after the look, the second is the look alone', async () => {
	const box = onBox();
	const units = many(20);
	const made = await box.plan(units);
	expect(box.exchanges()).toBe(1);
	const first = await box.applyPlan(made);
	expect([first.code, box.exchanges()]).toEqual([0, 1]);
	expect(Object.values(first.statuses)).toEqual(Array(20).fill('changed'));
	const second = await box.apply(units);
	expect([second.code, box.exchanges()]).toEqual([0, 1]);
	expect(Object.values(second.statuses)).toEqual(Array(20).fill('ok'));
});

it('work between barriers is one exchange each', async () => {
	const box = onBox();
	const units = many(4, index =>
		index < 2 ? {} : { needs: [{ unit: many(1)[0]!.address, hosts: 'all', at: hotfix().at }] },
	);
	const made = await box.plan(units);
	box.exchanges();
	expect((await box.applyPlan(made)).code).toBe(0);
	expect(box.exchanges()).toBe(2);
});

it('a file that shell text cannot carry is one exchange more, and arrives byte by byte', async () => {
	const box = onBox();
	const binary = '#!/bin/sh\nexit 0\n\0\xff';
	const bytes = Buffer.from(binary, 'latin1');
	const honest = hotfix({ script: { ...script(), bytes, digest: digestOf(bytes) } });
	const applied = await box.apply([honest]);
	expect([applied.code, box.exchanges()]).toEqual([0, 3]);
	expect(readdirSync(join(box.state, 'inbox'))).toEqual([]);
});
