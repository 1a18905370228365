import { expect, it } from 'vitest';
import { interpreterOf } from '../../src/language/interpreter.ts';

it.each([
	['echo hello\n', ['/bin/sh']],
	['', ['/bin/sh']],
	['#', ['/bin/sh']],
	['#!', ['/bin/sh']],
	['#!\n', ['/bin/sh']],
	['# !/bin/bash\n', ['/bin/sh']],
	['\n#!/bin/bash\n', ['/bin/sh']],
	['#!/bin/bash', ['/bin/bash']],
	['#!/bin/bash\nset -e\n', ['/bin/bash']],
	['#! /bin/bash \n', ['/bin/bash']],
	['#!/bin/bash\r\n', ['/bin/bash']],
	['#!/bin/bash -eu\n', ['/bin/bash', '-eu']],
	['#!/usr/bin/awk -f  -v x=1\n', ['/usr/bin/awk', '-f  -v x=1']],
	['#!/usr/bin/env python3\n', ['/usr/bin/env', 'python3']],
	['#!/usr/bin/env -S python3 -u\n', ['/usr/bin/env', 'python3', '-u']],
	['#!/usr/bin/env -Spython3  -u\n', ['/usr/bin/env', 'python3', '-u']],
	["#!/usr/bin/env -S sh -c 'a b'\n", ['/usr/bin/env', "-S sh -c 'a b'"]],
	['#!/usr/bin/env -S\n', ['/usr/bin/env']],
	['#!/usr/bin/perl\t-w\n', ['/usr/bin/perl', '-w']],
	[`#!/${'x'.repeat(300)}\n`, [`/${'x'.repeat(253)}`]],
])('%j is started by %j', (script, words) => {
	expect(interpreterOf(new TextEncoder().encode(script))).toEqual(words);
});

it('reads the first line of a program that is no text', () => {
	expect(interpreterOf(new Uint8Array([0x7f, 0x45, 0x4c, 0x46]))).toEqual(['/bin/sh']);
});
