import { booking } from './booking.ts';
import { hotSection } from './hot-section.ts';
import type { Measure } from './measure.ts';
import { onsale } from './onsale.ts';
import { reads } from './reads.ts';
import { reserve } from './reserve.ts';
import { rivals } from './rivals.ts';
import { seatCount } from './seat-count.ts';
import { startTime } from './start-time.ts';
import { streams } from './streams.ts';

/** In the order in which they run. */
export const MEASURES: readonly Measure[] = [reserve, hotSection, rivals, booking, reads, streams, seatCount, startTime, onsale];
