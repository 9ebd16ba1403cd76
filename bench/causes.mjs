// Where the cost is of what misses its goal: read from profiles, by hand. Whoever changes one of these roads profiles it again
// (`execArgv: ['--cpu-prof']` for the process of the row) and writes down what they see.

/** Goals by how their names begin, and what a profile says about them; shares are of the processor time that is not idle. */
export const causes = [
  {
    of: ['Unified GET, live', 'CPU per unified GET'],
    says: `Unified GET: no single cost. Writing to sockets 15 %, which P0 does as well; the call through axios 7 %, and undici 6 %; the log line
and metrics 7 %; decoding the answer and checking its links 7 %; the look-up's share of a statement 6 %; Fastify 4 %, garbage
collection 3 %, Nest 2 %. About an eighth is the price of the tenant's context on Node 20, whose hooks run for each of the 73 promises of
a request: the same build with a plain variable in its place took 12 % less.`,
  },
  {
    of: ['Latency added'],
    says: `Latency added: more than half of it passes between the arrival of a request and the call to the bank (token, limits, the look-up of
the account and its consents, which goes to PostgreSQL and back, the provider). At this rate nothing is shared: a request wakes the process several
times, and takes two to three times the processor time that it takes under full load.`,
  },
  {
    of: ['Payment initiation'],
    says: `Payment initiation: four statements and three durable commits (the intent, the right to send, the bank's answer with all that
follows from it); the peer has two and one. The intent and the right to send stay apart, so that a crash between them is no unknown
outcome. The api's thread is never idle. Of its time: pg and the statements 16 %, the adapter 12 %, sealing 9 %, signing 9 % (on a thread;
this is its handing over), validation 8 %, writing to sockets 7 %, garbage collection 6 %, ids 4 % (before they drew on Node's stock of
random numbers), axios and undici 4 %.`,
  },
  {
    of: ['Status sync', 'Share of'],
    says: `Status sync: the worker is bound by its processor time, also where the bank takes 50 ms. Garbage collection 14 %, axios and undici
13 %, opening what is sealed 10 %, the adapter's reading of the answer 9 %, pg 6 %; the rest is spread over more than a hundred functions.`,
  },
  {
    of: ['Memory of the worker'],
    says: `Memory of the worker: what V8 leaves uncollected; after a full collection the heap holds less than 80 MB. The worker asks V8 to
let its heap grow half as far (\`apps/worker/src/main.ts\`): 421 to 436 MB became about 250. A hard limit of 192 MB brings 211 to 217, but a
worker that reads many large bulks at once would hit it again and again.`,
  },
  {
    of: ['Claim'],
    says: `Claim: it reads 500 rows of 45 columns and writes nothing but the lease of the connection (docs/decisions/0019). Two thirds of its
time are processor time of the worker. Of that: splitting rows into fields 42 %, timestamps 17 %, making payments of them 17 %, garbage
collection 11 %. One column of JSON in place of the 45 was no faster (row_to_json costs PostgreSQL more than it saves here).`,
  },
];
