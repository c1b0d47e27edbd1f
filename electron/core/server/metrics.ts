/** What the door has done since it opened, in Prometheus' text format. */

export type Metrics = {
  request(facts: { readonly route: string; readonly method: string; readonly status: number; readonly seconds: number }): void;
  graphql(facts: { readonly operation: string; readonly status: number; readonly seconds: number }): void;
  bytes(direction: 'in' | 'out', count: number): void;
  begin(): void;
  end(): void;
  text(extra: Readonly<Record<string, number>>): string;
};

/** Upper ends of the buckets, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Names of operations come from outside: more of them than this are counted together. */
const mostOperations = 300;

type Histogram = { /** How many fell into each bucket and none before it. */ readonly counts: number[]; sum: number; count: number };

/** Counts by their labels, which are written out once. */
type Counts = Map<string, { readonly labels: string; count: number }>;

function countOne(counts: Counts, key: string, labels: () => string): void {
  const known = counts.get(key);
  if (known === undefined) counts.set(key, { labels: labels(), count: 1 });
  else known.count += 1;
}

export function createMetrics(): Metrics {
  const requests: Counts = new Map();
  const durations = new Map<string, Histogram>();
  const answers: Counts = new Map();
  const transferred = { in: 0, out: 0 };
  let underWay = 0;

  function observe(operation: string, status: number, seconds: number): void {
    const label = durations.has(operation) || durations.size < mostOperations ? operation : 'other';
    const histogram = durations.get(label) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 };
    durations.set(label, histogram);
    countOne(answers, `${status} ${label}`, () => `operation="${escape(label)}",status="${status}"`);
    histogram.sum += seconds;
    histogram.count += 1;
    const bucket = buckets.findIndex((end) => seconds <= end);
    if (bucket >= 0) histogram.counts[bucket] = (histogram.counts[bucket] ?? 0) + 1;
  }

  return {
    request({ route, method, status }) {
      countOne(requests, `${method} ${status} ${route}`, () => `method="${method}",route="${escape(route)}",status="${status}"`);
    },
    graphql({ operation, status, seconds }) {
      observe(/^\w{1,100}$/.test(operation) ? operation : 'other', status, seconds);
    },
    bytes(direction, count) {
      transferred[direction] += count;
    },
    begin() {
      underWay += 1;
    },
    end() {
      underWay -= 1;
    },
    text(extra) {
      const lines = ['# HELP vitrine_http_requests_total Requests answered.', '# TYPE vitrine_http_requests_total counter'];
      for (const { labels, count } of requests.values()) lines.push(`vitrine_http_requests_total{${labels}} ${count}`);
      lines.push('# HELP vitrine_http_requests_under_way Requests that are not answered yet.', '# TYPE vitrine_http_requests_under_way gauge', `vitrine_http_requests_under_way ${underWay}`);
      lines.push('# HELP vitrine_transferred_bytes_total Bytes of files received and sent.', '# TYPE vitrine_transferred_bytes_total counter', `vitrine_transferred_bytes_total{direction="in"} ${transferred.in}`, `vitrine_transferred_bytes_total{direction="out"} ${transferred.out}`);
      lines.push('# HELP vitrine_graphql_answers_total GraphQL operations answered.', '# TYPE vitrine_graphql_answers_total counter');
      for (const { labels, count } of answers.values()) lines.push(`vitrine_graphql_answers_total{${labels}} ${count}`);
      lines.push('# HELP vitrine_graphql_seconds Time to answer a GraphQL operation.', '# TYPE vitrine_graphql_seconds histogram');
      for (const [operation, histogram] of durations) {
        const label = `operation="${escape(operation)}"`;
        let upTo = 0;
        for (const [index, end] of buckets.entries()) lines.push(`vitrine_graphql_seconds_bucket{${label},le="${end}"} ${(upTo += histogram.counts[index] ?? 0)}`);
        lines.push(`vitrine_graphql_seconds_bucket{${label},le="+Inf"} ${histogram.count}`, `vitrine_graphql_seconds_sum{${label}} ${histogram.sum}`, `vitrine_graphql_seconds_count{${label}} ${histogram.count}`);
      }
      for (const [name, value] of Object.entries(extra)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
      return `${lines.join('\n')}\n`;
    },
  };
}

function escape(label: string): string {
  return label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
