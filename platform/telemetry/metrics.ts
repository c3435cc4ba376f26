import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

type Labels = Record<string, string | number>;

export type CounterMetric = { add(amount?: number, labels?: Labels): void };
export type GaugeMetric = { set(value: number, labels?: Labels): void; add(amount: number, labels?: Labels): void };
export type HistogramMetric = { observe(value: number, labels?: Labels): void };

/**
 * Prometheus metrics by name. Asking for a name again gives the same metric, so modules need not share instances. Names end in
 * their unit (`_seconds`, `_bytes`) and counters in `_total`; labels have few values, never an id.
 */
export type Metrics = {
  counter(name: string, help: string, labelNames?: readonly string[]): CounterMetric;
  gauge(name: string, help: string, labelNames?: readonly string[]): GaugeMetric;
  histogram(name: string, help: string, buckets: readonly number[], labelNames?: readonly string[]): HistogramMetric;
  /** A gauge whose values are asked for when somebody looks. Several may ask for one name: all their values are shown. */
  observed(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: () => readonly { labels: Labels; value: number }[],
  ): void;
  /** The Prometheus text format and its content type. */
  expose(): Promise<{ contentType: string; text: string }>;
};

/** `process: true` adds the usual figures of the process: CPU, memory, event loop delay, garbage collection. */
export function createMetrics(options: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const counters = new Map<string, CounterMetric>();
  const gauges = new Map<string, GaugeMetric>();
  const histograms = new Map<string, HistogramMetric>();
  const observers = new Map<string, Observer[]>();
  return {
    counter: (name, help, labelNames = []) => once(counters, name, () => counter(registry, name, help, labelNames)),
    gauge: (name, help, labelNames = []) => once(gauges, name, () => gauge(registry, name, help, labelNames)),
    histogram: (name, help, buckets, labelNames = []) =>
      once(histograms, name, () => histogram(registry, name, help, buckets, labelNames)),
    observed: (name, help, labelNames, read) => observe(registry, observers, { name, help, labelNames, read }),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

type Observer = () => readonly { labels: Labels; value: number }[];

function observe(
  registry: Registry,
  observers: Map<string, Observer[]>,
  { name, help, labelNames, read }: { name: string; help: string; labelNames: readonly string[]; read: Observer },
): void {
  const known = observers.get(name);
  if (known !== undefined) return void known.push(read);
  const readers = [read];
  observers.set(name, readers);
  const metric = new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect: () => {
      for (const reader of readers) for (const { labels, value } of reader()) metric.set(labels, value);
    },
  });
}

function once<T>(known: Map<string, T>, name: string, make: () => T): T {
  const metric = known.get(name) ?? make();
  known.set(name, metric);
  return metric;
}

function counter(registry: Registry, name: string, help: string, labelNames: readonly string[]): CounterMetric {
  const metric = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  return { add: (amount = 1, labels) => (labels === undefined ? metric.inc(amount) : metric.inc(labels, amount)) };
}

function gauge(registry: Registry, name: string, help: string, labelNames: readonly string[]): GaugeMetric {
  const metric = new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  return {
    set: (value, labels) => (labels === undefined ? metric.set(value) : metric.set(labels, value)),
    add: (amount, labels) => (labels === undefined ? metric.inc(amount) : metric.inc(labels, amount)),
  };
}

function histogram(
  registry: Registry,
  name: string,
  help: string,
  buckets: readonly number[],
  labelNames: readonly string[],
): HistogramMetric {
  const metric = new Histogram({ name, help, labelNames: [...labelNames], buckets: [...buckets], registers: [registry] });
  return { observe: (value, labels) => (labels === undefined ? metric.observe(value) : metric.observe(labels, value)) };
}
