import { describe, loadNoOp, loadPlaces, loadSeats, roundOf } from './loads.ts';
import type { Measure } from './measure.ts';
import type { Run } from './run.ts';

/** `reserve` through the gateway against the route that does nothing, in turn. */
export const reserve: Measure = {
  name: 'reserve',
  what: 'reserve through the gateway ÷ a route that does nothing',
  run: (context) =>
    context.withSystem({}, async (bench) => {
      const { pace, note } = context;
      const problems: string[] = [];
      const runs: Run[] = [];
      const figures = { reserve: [] as number[], reserveSeats: [] as number[], reserveToGet: [] as number[] };
      const told = (run: Run): number => {
        runs.push(run);
        note(describe(run));
        return run.perSecond;
      };
      const once = (round: number) => roundOf(context, round, problems);
      // Round 0 warms up what is compiled while it runs, and is not measured.
      for (let round = 0; round <= pace.rounds; round++) {
        const noOp = told(await loadNoOp(bench, context, 'POST', once(round)));
        const places = told(await loadPlaces(bench, context, once(round)));
        const noOpGet = told(await loadNoOp(bench, context, 'GET', once(round)));
        const seats = told(await loadSeats(bench, context, once(round), pace.seats));
        if (round === 0) continue;
        figures.reserve.push(places / noOp);
        figures.reserveSeats.push(seats / noOp);
        figures.reserveToGet.push(places / noOpGet);
      }
      return { figures, runs, problems };
    }),
};
