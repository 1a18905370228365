import { machines } from '../lab/machines.ts';

/** A test that makes a world and is then killed: tells who is at work in it, and waits. */
const world = await machines(() => {});
await world.start('tiny', { init: 'tiny' });
await world.start('box');
process.stdout.write(`${world.outside}\n`);
await new Promise(() => {});
