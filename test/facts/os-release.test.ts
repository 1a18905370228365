import { expect, it } from 'vitest';
import { parseOsRelease } from '../../src/facts/os-release.ts';

/** What each system's os-release says, without the addresses and colours at its end. */
const systems: readonly (readonly [text: string, id: string, family: string, version: string, name: string])[] = [
	[
		'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian',
		'debian',
		'debian',
		'12',
		'Debian GNU/Linux 12 (bookworm)',
	],
	[
		'PRETTY_NAME="Debian GNU/Linux trixie/sid"\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=trixie\nID=debian',
		'debian',
		'debian',
		'',
		'Debian GNU/Linux trixie/sid',
	],
	[
		'PRETTY_NAME="Ubuntu 22.04.4 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\nVERSION="22.04.4 LTS (Jammy Jellyfish)"\nID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=jammy',
		'ubuntu',
		'debian',
		'22.04',
		'Ubuntu 22.04.4 LTS',
	],
	[
		'NAME="Linux Mint"\nVERSION="21.3 (Virginia)"\nID=linuxmint\nID_LIKE="ubuntu debian"\nPRETTY_NAME="Linux Mint 21.3"\nVERSION_ID="21.3"',
		'linuxmint',
		'debian',
		'21.3',
		'Linux Mint 21.3',
	],
	[
		'PRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)"\nNAME="Raspbian GNU/Linux"\nVERSION_ID="11"\nID=raspbian\nID_LIKE=debian',
		'raspbian',
		'debian',
		'11',
		'Raspbian GNU/Linux 11 (bullseye)',
	],
	[
		'NAME="Rocky Linux"\nVERSION="9.4 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\nPLATFORM_ID="platform:el9"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"',
		'rocky',
		'rhel',
		'9.4',
		'Rocky Linux 9.4 (Blue Onyx)',
	],
	[
		'NAME="Fedora Linux"\nVERSION="40 (Server Edition)"\nID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40 (Server Edition)"',
		'fedora',
		'rhel',
		'40',
		'Fedora Linux 40 (Server Edition)',
	],
	[
		'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023"',
		'amzn',
		'rhel',
		'2023',
		'Amazon Linux 2023',
	],
	['NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling', 'arch', 'arch', '', 'Arch Linux'],
	[
		'NAME="Manjaro Linux"\nPRETTY_NAME="Manjaro Linux"\nID=manjaro\nID_LIKE=arch\nBUILD_ID=rolling',
		'manjaro',
		'arch',
		'',
		'Manjaro Linux',
	],
	[
		'NAME="openSUSE Leap"\nVERSION="15.5"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\nPRETTY_NAME="openSUSE Leap 15.5"',
		'opensuse-leap',
		'suse',
		'15.5',
		'openSUSE Leap 15.5',
	],
	[
		'NAME="openSUSE Tumbleweed"\n# VERSION="20240517"\nID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\nVERSION_ID="20240517"\nPRETTY_NAME="openSUSE Tumbleweed"',
		'opensuse-tumbleweed',
		'suse',
		'20240517',
		'openSUSE Tumbleweed',
	],
	[
		'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"',
		'alpine',
		'alpine',
		'3.19.1',
		'Alpine Linux v3.19',
	],
];

it.each(systems)('%#: %s', (text, id, family, version, name) => {
	expect(parseOsRelease(text)).toEqual({ id, family, version, name });
});

it.each([
	['ID=monarch', 'unknown'],
	['ID=searching\nID_LIKE="research archive"', 'unknown'],
	['ID=x\nID_LIKE="unheard-of arch debian"', 'arch'],
	['ID=debian\nID_LIKE=arch', 'debian'],
	['ID=Debian', 'debian'],
	['NAME=x', 'unknown'],
])('%j is of family %s: by whole words, the id first', (text, family) => {
	expect(parseOsRelease(text)?.family).toBe(family);
});

it.each([
	[`NAME='single "quoted" \\$'`, 'single "quoted" \\$'],
	['NAME="double \\"quoted\\" \\$ \\\\ \\`"', 'double "quoted" $ \\ `'],
	['NAME=bare', 'bare'],
	['NAME="$(id)"', '$(id)'],
	['NAME="a\u001b[31mb"', 'a [31mb'],
	['NAME="', '"'],
])('%s reads as %j', (text, name) => {
	expect(parseOsRelease(text)?.name).toBe(name);
});

it('nothing is told by a text without any of its lines', () => {
	expect(parseOsRelease('')).toBeUndefined();
	expect(parseOsRelease('uname Linux\n#ID=debian')).toBeUndefined();
});
