// Where the cost is of what misses its goal: read from profiles, by hand. Whoever changes one of these roads profiles it again
// (`execArgv: ['--cpu-prof']` for the process of the row) and writes down what they see.

/** Goals by how their names begin, and what a profile says about them; shares are of the processor time that is not idle. */
export const causes = [
  {
    of: ['Unified GET, live', 'CPU per unified GET'],
    says: `Unified GET: no single cost. About a third is what P0 does as well. Of the rest: the call through axios 7 %, the log line and
metrics 7 %, the look-up's share of a statement 5 to 8 %, decoding and checking links 5 %, async hooks of the tenant's context 5 %,
Nest's guards, pipes and parameters 5 %, garbage collection 4 to 5 %.`,
  },
  {
    of: ['Latency added'],
    says: `Latency added: the look-up of the account and its consents takes about 0.45 ms, of which 0.13 ms is the way to PostgreSQL and
back; before it kept its plan, it was planned for every read and took 2 ms. The rest is the processor time of a GET, behind that of
others.`,
  },
  {
    of: ['Payment initiation'],
    says: `Payment initiation: four statements and three durable commits (the intent, the right to send, the bank's answer with all that
follows from it); the peer has two and one. The intent and the right to send stay apart, so that a crash between them is no unknown
outcome. Of the api's time: pg and the statements 27 %, the adapter 11 %, signing 7 % (on a thread; this is its handing over),
validation 7 %, axios and undici 7 %, Fastify 7 %, sealing 6 %, garbage collection 5 %, Nest 5 %.`,
  },
  {
    of: ['Status sync', 'Share of'],
    says: `Status sync: the worker is bound by its processor time, about half a millisecond per poll, also where the bank takes 50 ms.
Garbage collection 19 %, the adapter's reading of the answer 15 %, axios and undici 11 %, use cases 7 %; the rest is spread over more
than a hundred functions.`,
  },
  {
    of: ['Memory of the worker'],
    says: `Memory of the worker: what V8 leaves uncollected; after a full collection the heap holds less than 80 MB. The worker asks V8 to
let its heap grow half as far (\`apps/worker/src/main.ts\`): 421 to 436 MB became about 250. A hard limit of 192 MB brings 211 to 217, but a
worker that reads many large bulks at once would hit it again and again.`,
  },
  {
    of: ['Claim'],
    says: `Claim: it reads 500 rows of 45 columns and writes nothing but the lease of the connection (docs/decisions/0019); most of its time
is the reading of the rows in Node.`,
  },
];
