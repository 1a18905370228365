import { connectorContract } from '../contracts/connector.ts';
import { host } from './builders.ts';
import { FakeConnector } from './fake-connector.ts';

connectorContract('the connector to a made-up host', async () => {
	const made: FakeConnector[] = [];
	const isShut = { value: false };
	const connector = (): FakeConnector => {
		const one = new FakeConnector(login => (program, { out }) => {
			if (program.includes('echo in')) out('in\n');
			else if (program.includes('echo go')) out('go\n');
			else out(`${login}\n`);
			return program.includes('sleep') ? new Promise(() => {}) : 0;
		});
		if (isShut.value) one.shut = 'it lets nobody in';
		made.push(one);
		return one;
	};
	return {
		connector,
		host: host('box'),
		logins: {
			open: () => made.flatMap(one => one.logins),
			cut() {
				for (const one of made) one.cut();
			},
			shut() {
				isShut.value = true;
				for (const one of made) one.shut = 'it lets nobody in';
			},
		},
		close() {},
	};
});
