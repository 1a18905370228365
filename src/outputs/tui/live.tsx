import { type Instance, render, useInput, useStdout, useWindowSize } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { Clock } from '../../ports/clock.ts';
import type { EventSink } from '../../ports/event-sink.ts';
import { summaryLines } from '../run/summary.ts';
import { type Style, styleFor } from '../style.ts';
import type { TextLook } from '../text-out.ts';
import { frameOf } from './frame.ts';
import { blankScreen, next, type Screen, type ScreenKey } from './screen.ts';
import { scrollbackLines } from './scrollback.ts';
import { View } from './view.tsx';

export interface LiveOptions {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly look: TextLook;
	readonly clock: Clock;
	/** Called at each Ctrl-C: in raw mode the terminal sends no signal. */
	readonly onInterrupt: () => void;
	/** Ctrl-C leaves at once. */
	readonly isView?: boolean;
}

/** Whether a live screen may be drawn: keys and cursor need a terminal on both sides. */
export const canGoLive = (
	stdin: Pick<NodeJS.ReadStream, 'isTTY'>,
	stdout: Pick<NodeJS.WriteStream, 'isTTY'>,
	term: string | undefined,
): boolean => stdin.isTTY === true && stdout.isTTY === true && term !== 'dumb' && term !== '';

/** The live screen. It is mounted with the first event; what is over is written above it once and stays in the scrollback. */
export function liveSink(options: LiveOptions): EventSink {
	const { stdin, stdout, look, clock } = options;
	if (!canGoLive(stdin, stdout, 'unknown')) throw new TypeError('a live screen needs a terminal; ask canGoLive first');
	const style = styleFor(look);
	const store = screenStore({ clock, style, isView: options.isView === true }, () => stdout.columns || look.columns);
	let mounted: Instance | undefined;
	let broken: unknown;

	function mount(): Instance {
		const screen = <Live store={store} style={style} onInterrupt={options.onInterrupt} />;
		const instance = render(screen, {
			stdin,
			stdout,
			exitOnCtrlC: false,
			interactive: true,
			incrementalRendering: true,
			maxFps: 20,
		});
		// What breaks inside of it comes out with the next event, where the bus can switch the screen off.
		instance.waitUntilExit().catch(problem => {
			broken = problem;
		});
		return instance;
	}

	return {
		name: 'live',
		kind: 'display',
		take(event) {
			if (broken !== undefined) throw broken;
			mounted ??= mount();
			store.take(event);
		},
		async close() {
			store.close();
			// The frame has to be gone from the screen before the report takes its place.
			await mounted?.waitUntilRenderFlush();
			mounted?.unmount();
			await mounted?.waitUntilExit();
			const { fold } = store.screen();
			if (fold.run === null) return;
			stdout.write(`\n${summaryLines(fold, { ...look, columns: stdout.columns || look.columns }).join('\n')}\n`);
		},
	};
}

type ScreenStore = ReturnType<typeof screenStore>;

interface StoreOptions {
	readonly clock: Clock;
	readonly style: Style;
	readonly isView: boolean;
}

const frameMs = 100;
const secondMs = 1000;

/** Takes events as fast as they come and shows them at most ten times a second; without events once, for the clocks on it. */
function screenStore({ clock, style, isView }: StoreOptions, columns: () => number) {
	let screen: Screen = { ...blankScreen, isView, nowMs: clock.now().getTime() };
	let shown = screen;
	let isOver = false;
	let pending: string[] = [];
	let write: ((text: string) => void) | undefined;
	const listeners = new Set<() => void>();
	let stopClock = clock.after(frameMs, tick);

	function tick(): void {
		stopClock = clock.after(frameMs, tick);
		const nowMs = clock.now().getTime();
		if (screen !== shown || pending.length > 0 || nowMs - shown.nowMs >= secondMs) show(nowMs);
	}

	function show(nowMs: number): void {
		if (write !== undefined && pending.length > 0) {
			write(`${pending.join('\n')}\n`);
			pending = [];
		}
		screen = next(screen, { type: 'tick', nowMs });
		shown = screen;
		for (const listener of listeners) listener();
	}

	return {
		take(event: Parameters<EventSink['take']>[0]): void {
			screen = next(screen, { type: 'event', event });
			pending.push(...scrollbackLines(screen.fold, event, style, columns()));
		},
		/** A key is answered at once. */
		press(key: ScreenKey): void {
			screen = next(screen, { type: 'key', key });
			show(clock.now().getTime());
		},
		close(): void {
			stopClock();
			isOver = true;
			show(clock.now().getTime());
		},
		screen: (): Screen => screen,
		/** What is drawn now; `null` when it is over. Changes its identity only when there is something new. */
		snapshot: (): Screen | null => (isOver ? null : shown),
		subscribe(listener: () => void): () => void {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		printThrough(printer: (text: string) => void): () => void {
			write = printer;
			return () => {
				write = undefined;
			};
		},
	};
}

interface LiveProps {
	readonly store: ScreenStore;
	readonly style: Style;
	readonly onInterrupt: () => void;
}

function Live({ store, style, onInterrupt }: LiveProps): ReactNode {
	const screen = useSyncExternalStore(store.subscribe, store.snapshot);
	const size = useWindowSize();
	const { write } = useStdout();
	useEffect(() => store.printThrough(write), [store, write]);
	useInput((input, key) => {
		if (key.ctrl && input === 'c') {
			store.press('interrupt');
			onInterrupt();
		} else if (key.upArrow || input === 'k') store.press('up');
		else if (key.downArrow || input === 'j') store.press('down');
		else if (input === 'f' || key.return) store.press('full');
		else if (key.escape) store.press('back');
	});
	return screen === null ? null : <View frame={frameOf(screen, size, style)} columns={size.columns} style={style} />;
}
