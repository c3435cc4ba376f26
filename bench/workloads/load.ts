/** What every closed load is told. */
export type Load = {
  /** Of the system; several: connections are spread over them. */
  urls: readonly string[];
  jwtSecret: string;
  connections: number;
  warmUpMs: number;
  durationMs: number;
  /** So many users with tokens of their own, in turn. */
  users: number;
};
