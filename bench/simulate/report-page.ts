import type { SimulationReport } from './report.ts';
export function reportPage(report: SimulationReport): string {
  return JSON.stringify(report);
}
