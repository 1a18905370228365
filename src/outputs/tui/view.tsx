import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Style } from '../style.ts';
import type { Frame } from './frame.ts';
import { type Line, paintLine } from './line.ts';

export interface ViewProps {
	readonly frame: Frame;
	readonly columns: number;
	readonly style: Style;
}

/** Draws a frame. Decides nothing. */
export function View({ frame, columns, style }: ViewProps): ReactNode {
	return (
		<Box flexDirection="column">
			<Section lines={frame.head} columns={columns} style={style} />
			<Section lines={frame.hosts} columns={columns} style={style} />
			<Section lines={frame.units} columns={columns} style={style} />
			<Section lines={frame.output} columns={columns} style={style} />
			<Section lines={frame.foot} columns={columns} style={style} />
		</Box>
	);
}

interface SectionProps extends Omit<ViewProps, 'frame'> {
	readonly lines: readonly Line[];
}

/** One text for all lines: laying out one for each is a good part of what drawing costs. */
function Section({ lines, columns, style }: SectionProps): ReactNode {
	if (lines.length === 0) return null;
	return <Text>{lines.map(line => paintLine(line, columns, style) || ' ').join('\n')}</Text>;
}
