import { chart, escapeText as text } from './chart.ts';
import { totalBytes, type Memory } from './memory.ts';
import { STYLE } from './page-style.ts';
import { OUTCOMES, type Latency, type SimulationReport } from './report.ts';
import { ENDINGS, type Step } from './tally.ts';

/** The report as one page that needs nothing else: no script, no font, no picture from anywhere. */
export function reportPage(report: SimulationReport): string {
  const { options } = report;
  const title = headline(report);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="kicker">Onsale ${text(report.onsale)} · simulation · ${text(report.startedAt.slice(0, 16).replace('T', ' '))} UTC</div>
<h1>${text(title)}</h1>
<p class="faded">${count(options.buyers)} buyers for ${count(report.totalSeats)} seats and places of ${events(options.events)}, ${count(options.concurrency)} at a time.</p>
${failures(report)}
<div class="stub">${figures(report)}</div>
<div class="stub last">${promises(report)}</div>
${pictures(report)}
${tables(report)}
${settings(report)}
</main>
</body>
</html>
`;
}

function headline({ outcome, soldOutSeconds, oversold }: SimulationReport): string {
  if (oversold > 0) return `Oversold by ${count(oversold)}`;
  if (outcome === 'SOLD_OUT' && soldOutSeconds !== null) return `Sold out in ${duration(soldOutSeconds)}`;
  return OUTCOMES[outcome];
}

function failures({ failures: all, unexpected }: SimulationReport): string {
  if (all.length === 0) return '';
  const lines = [...all, ...unexpected.samples].map((line) => `<li>${text(line)}</li>`);
  return `<ul class="bad">${lines.join('')}</ul>`;
}

function figures(report: SimulationReport): string {
  const { latency, overTime, memory, deadlocks } = report;
  const busiest = overTime.reduce((most, { reservations }) => Math.max(most, reservations), 0);
  const all: [string, string][] = [
    [count(report.oversold), 'oversold'],
    [report.allTakenSeconds === null ? '–' : duration(report.allTakenSeconds), 'until nothing was free'],
    [count(busiest), 'reservations in the busiest second'],
    [latency.reserve === undefined ? '–' : ms(latency.reserve.p95Ms), 'p95 of a reservation'],
    [latency.booking === undefined ? '–' : ms(latency.booking.p95Ms), 'p95 from reserving to tickets'],
    [deadlocks === null ? '–' : count(deadlocks), 'deadlocks'],
    [bytes(totalBytes(memory.after)), 'memory of the system afterwards'],
  ];
  return `<div class="figures">${all.map(([value, name]) => `<div class="figure"><strong>${text(value)}</strong><span>${text(name)}</span></div>`).join('')}</div>`;
}

const VERDICTS = { holds: '✓ holds', broken: '✗ broken', 'not checked': '– not checked' };

function promises({ verify }: SimulationReport): string {
  if (!verify.checked) return `<ul class="promises"><li><b>– not verified</b><span>${text(verify.why)}</span></li></ul>`;
  const lines = verify.verdicts.map((one) => {
    const note = one.verdict === 'not checked' ? one.why : one.looked;
    const broken = one.verdict === 'broken' ? one.violations.map(({ what, total }) => `${what}: ${total}`).join('; ') : '';
    return `<li><b>${VERDICTS[one.verdict]}</b><span>${text(sentence(one.promise))}<small>${text([note, broken].filter(Boolean).join(' · '))}</small></span></li>`;
  });
  return `<ul class="promises">${lines.join('')}</ul>`;
}

function pictures(report: SimulationReport): string {
  const { overTime, latencyOverTime } = report;
  const bySecond = (of: (second: SimulationReport['overTime'][number]) => number) => overTime.map(of);
  const steps = (step: Step, of: (latency: Latency) => number): (number | null)[] => {
    const found = new Map(latencyOverTime[step]?.map((one) => [one.second, of(one)]));
    return overTime.map(({ second }) => found.get(second) ?? null);
  };
  const percentiles = (step: Step) => [
    { name: 'p99', look: 'thin', values: steps(step, (one) => one.p99Ms) },
    { name: 'p95', look: 'strong', values: steps(step, (one) => one.p95Ms) },
    { name: 'p50', look: 'dashed', values: steps(step, (one) => one.p50Ms) },
  ];
  return [
    picture(
      'The house',
      'Sold, held and free, once a second. Holds that were never paid for come back and are sold to others.',
      chart({
        label: 'Seats sold, held and free over time',
        stacked: true,
        scale: 'linear',
        format: count,
        series: [
          { name: 'sold', look: 'sold', values: bySecond(({ sold }) => sold) },
          { name: 'held', look: 'held', values: bySecond(({ held }) => held) },
          { name: 'free', look: 'free', values: bySecond(({ free }) => free) },
        ],
      }),
    ),
    picture(
      'The rush',
      'A second. Requests are all that buyers sent; refusals are those who were told no.',
      chart({
        label: 'Requests, refusals, reservations and confirmed orders a second',
        scale: 'log',
        format: short,
        series: [
          { name: 'requests', look: 'thin', values: positive(bySecond(({ requests }) => requests)) },
          { name: 'refused', look: 'dashed', values: positive(bySecond(({ refusals }) => refusals)) },
          { name: 'reserved', look: 'strong', values: positive(bySecond(({ reservations }) => reservations)) },
          { name: 'confirmed', look: 'dotted', values: positive(bySecond(({ confirmed }) => confirmed)) },
        ],
      }),
    ),
    picture(
      'How long a reservation took',
      'Granted or refused, by the second in which the answer came.',
      chart({ label: 'Latency of reserve over time', scale: 'log', format: shortMs, series: percentiles('reserve') }),
    ),
    picture(
      'From reserving to reading the tickets',
      `Reservation, order, charge, confirmation and tickets together, without the time that buyers thought. The payment provider's answer (${report.system.paymentLatencyMs} ms) is part of it.`,
      chart({ label: 'Time from reserve to tickets', scale: 'log', format: shortMs, series: percentiles('booking') }),
    ),
  ].join('\n');
}

function picture(title: string, caption: string, svg: string): string {
  return `<h2>${text(title)}</h2><figure><div class="scroll">${svg}</div><figcaption>${text(caption)}</figcaption></figure>`;
}

const STEP_NAMES: Readonly<Record<Step, string>> = {
  look: 'look at the seats',
  reserve: 'reserve',
  order: 'order',
  charge: 'pay',
  confirm: 'wait for the confirmation',
  tickets: 'read the tickets',
  cancel: 'cancel',
  booking: 'all of it, from reserving to the tickets',
};

function tables(report: SimulationReport): string {
  const { latency, endings, refusals, repeats, busy, databases } = report;
  const rows = Object.entries(STEP_NAMES).flatMap(([step, name]) => {
    const one = Object.entries(latency).find(([found]) => found === step)?.[1];
    return one === undefined ? [] : [stepRow(name, one)];
  });
  const repeated = Object.entries({
    ...repeats,
    ...Object.fromEntries(Object.entries(busy).map(([code, n]) => [`busy: ${code}`, n])),
  });
  return [
    '<h2>Step by step</h2>',
    table(['', 'p50', 'p95', 'p99', 'longest', 'mean', 'times'], rows),
    '<div class="two">',
    `<section><h2>How it ended for buyers</h2>${counts(Object.entries(endings).map(([ending, n]) => [endingText(ending), n]))}</section>`,
    `<section><h2>Who was told no, and why</h2>${counts(Object.entries(refusals))}</section>`,
    `<section><h2>Asked again with the same key</h2>${counts([...repeated, ['answered from what was kept', report.replays]])}</section>`,
    databases === null ? '' : `<section><h2>PostgreSQL</h2>${databaseTable(databases)}</section>`,
    '</div>',
  ].join('\n');
}

function stepRow(name: string, one: Latency): string {
  const cells = [one.p50Ms, one.p95Ms, one.p99Ms, one.maxMs, one.meanMs].map(ms);
  return row([name, ...cells, count(one.count)]);
}

function databaseTable(databases: NonNullable<SimulationReport['databases']>): string {
  const rows = Object.entries(databases).map(([service, { commits, rollbacks, deadlocks }]) =>
    row([service, count(commits), count(rollbacks), count(deadlocks)]),
  );
  return table(['database', 'commits', 'rollbacks', 'deadlocks'], rows);
}

function counts(entries: readonly (readonly [string, number])[]): string {
  const sorted = entries.toSorted(([, a], [, b]) => b - a);
  return sorted.length === 0
    ? '<p class="note">Nobody.</p>'
    : table(
        null,
        sorted.map(([name, value]) => row([name, count(value)])),
      );
}

function table(heads: readonly string[] | null, rows: readonly string[]): string {
  const head =
    heads === null
      ? ''
      : `<thead><tr>${heads.map((name, i) => `<th${i === 0 ? '' : ' class="count"'}>${text(name)}</th>`).join('')}</tr></thead>`;
  return `<div class="scroll"><table>${head}<tbody>${rows.join('')}</tbody></table></div>`;
}

function row([name = '', ...cells]: readonly string[]): string {
  return `<tr><td class="text">${text(name)}</td>${cells.map((cell) => `<td class="count">${text(cell)}</td>`).join('')}</tr>`;
}

function settings(report: SimulationReport): string {
  const { options, machine, system, memory, simulator } = report;
  const entries: [string, string][] = [
    ['settings', `pace ${options.pace}, holds of ${options.holdSeconds} s, seed ${options.seed}`],
    [
      'shares',
      Object.entries(options.shares)
        .map(([name, share]) => `${name} ${share}`)
        .join(', '),
    ],
    [
      'system',
      `${system.url}${system.own ? ', started for this simulation with an embedded PostgreSQL' : ''}; payments take ${system.paymentLatencyMs} ms`,
    ],
    ['machine', `${machine.cores} × ${machine.cpu}, ${bytes(machine.memoryBytes)}, ${machine.platform}, Node ${machine.node}`],
    ['memory at most', memoryText(memory.peak)],
    ['memory afterwards', memoryText(memory.after)],
    [
      'simulator',
      `${Math.round(simulator.cpuShareOfOneCore * 100)} % of one core, event loop busy ${Math.round(simulator.eventLoopUtilization * 100)} %, at most ${bytes(simulator.peakRssBytes)}`,
    ],
    ['journal', `${count(report.journal.lines)} lines in ${report.journal.path}`],
  ];
  return `<h2>How it was done</h2><dl>${entries.map(([name, value]) => `<dt>${text(name)}</dt><dd>${text(value)}</dd>`).join('')}</dl>
<p class="note">The simulator shares this machine with the system. Latencies are those that it saw, waiting for its own turn included.</p>`;
}

function memoryText(memory: Memory): string {
  return `${bytes(totalBytes(memory))}: Node ${bytes(memory.nodeBytes)}, PostgreSQL ${bytes(memory.postgresBytes)}`;
}

function endingText(ending: string): string {
  return Object.entries(ENDINGS).find(([name]) => name === ending)?.[1] ?? ending;
}

/** A logarithm has no place for nothing. */
function positive(values: readonly number[]): (number | null)[] {
  return values.map((value) => (value === 0 ? null : value));
}

const events = (number: number): string => (number === 1 ? 'one event' : `${number} events`);
const count = (value: number): string => value.toLocaleString('en');
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
const short = (value: number): string => (value >= 1000 ? `${value / 1000}k` : String(value));
const shortMs = (value: number): string => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);
const duration = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
const ms = (value: number): string =>
  value < 10
    ? `${value.toFixed(1)} ms`
    : value < 10_000
      ? `${Math.round(value).toLocaleString('en')} ms`
      : `${(value / 1000).toFixed(1)} s`;
const bytes = (value: number | null): string =>
  value === null ? 'not known' : value >= 2 ** 30 ? `${(value / 2 ** 30).toFixed(2)} GiB` : `${Math.round(value / 2 ** 20)} MiB`;
