// The generator: HTTP/1.1 over plain sockets, in a process of its own and as cheap as it can be, so that it is never what is
// measured. Closed loop (so many connections, each sends when its answer is there) or open loop (so many requests a second,
// timed from the instant at which each should have left). Every answer is checked: its status, and a text that must be in it.
import { connect } from 'node:net';

let serial = 0;

/** A connection that carries one request at a time. */
class Line {
  constructor(origin) {
    this.socket = connect(Number(origin.port), origin.hostname).setNoDelay(true);
    this.received = Buffer.alloc(0);
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', () => this.end(0, ''));
    this.socket.on('close', () => this.end(0, ''));
  }

  send(request, heard) {
    this.heard = heard;
    if (this.socket.destroyed) return this.end(0, '');
    this.socket.write(request);
  }

  read(chunk) {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.received.latin1Slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    // An answer in chunks would be read wrongly: nobody here sends one.
    if (length === undefined) return this.socket.destroy(new Error('an answer without content-length'));
    const end = headEnd + 4 + Number(length);
    if (this.received.length < end) return;
    const body = this.received.latin1Slice(headEnd + 4, end);
    this.received = this.received.subarray(end);
    this.end(Number(head.slice(9, 12)), body);
  }

  end(status, body) {
    const { heard } = this;
    this.heard = null;
    heard?.(status, body);
  }
}

function text({ method, path, headers = {}, body }, host) {
  const lines = Object.entries({ host, ...headers, ...(body && { 'content-length': Buffer.byteLength(body) }) });
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body ?? ''}`;
}

/** `%SERIAL%` in a request becomes a new number each time: for idempotency keys. */
const withSerial = (raw) =>
  raw.includes('%SERIAL%') ? raw.replace('%SERIAL%', `bench-${process.pid}-${(serial += 1)}`) : raw;

class Run {
  constructor({ groups, warmUpMs, measureMs, rate }) {
    Object.assign(this, { warmUpMs, measureMs, rate });
    this.groups = groups.map(({ name, origin, connections, requests, expectStatus = 200, share = 1 }) => {
      const url = new URL(origin);
      return {
        name,
        url,
        connections,
        share,
        next: 0,
        requests: requests.map((request) => ({
          raw: text(request, url.host),
          expect: request.expect,
          status: expectStatus,
        })),
        latencies: [],
        total: 0,
        wrong: 0,
        firstWrong: null,
      };
    });
  }

  async run() {
    const began = performance.now();
    this.measureFrom = began + this.warmUpMs;
    this.endAt = this.measureFrom + this.measureMs;
    setTimeout(() => process.send({ phase: 'measuring' }), this.warmUpMs);
    setTimeout(() => process.send({ phase: 'measured' }), this.warmUpMs + this.measureMs);
    await Promise.all(this.groups.map((group) => (this.rate ? this.open(group) : this.closed(group))));
    return this.groups.map((group) => this.sum(group));
  }

  async closed(group) {
    const lines = Array.from({ length: group.connections }, () => new Line(group.url));
    const loop = (line, done) => {
      const sent = performance.now();
      if (sent >= this.endAt || line.socket.destroyed) return done();
      this.ask(group, line, sent, () => loop(line, done));
    };
    await Promise.all(lines.map((line) => new Promise((done) => loop(line, done))));
    for (const { socket } of lines) socket.destroy();
  }

  async open(group) {
    const idle = Array.from({ length: group.connections }, () => new Line(group.url));
    const all = new Set(idle);
    const running = new Set();
    const gap = 1_000 / (this.rate * group.share);
    let due = performance.now();
    while (due < this.endAt) {
      for (; due <= performance.now() && due < this.endAt; due += gap) {
        const line = idle.pop() ?? new Line(group.url);
        all.add(line);
        const scheduled = due;
        const answered = new Promise((resolve) => {
          this.ask(group, line, scheduled, () => {
            idle.push(line);
            resolve();
          });
        });
        running.add(answered);
        void answered.then(() => running.delete(answered));
      }
      // Timers of Node are a millisecond coarse: the last bit is waited for by looking at the clock.
      const rest = due - performance.now();
      await new Promise((resolve) => (rest > 2 ? setTimeout(resolve, rest - 2) : setImmediate(resolve)));
    }
    await Promise.all(running);
    for (const { socket } of all) socket.destroy();
  }

  ask(group, line, from, done) {
    const request = group.requests[(group.next = (group.next + 1) % group.requests.length)];
    line.send(withSerial(request.raw), (status, body) => {
      const at = performance.now();
      group.total += 1;
      if (status !== request.status || !body.includes(request.expect)) {
        group.wrong += 1;
        group.firstWrong ??= `${status} ${body.slice(0, 400)} (expected ${request.status} with ${request.expect})`;
      }
      if (at >= this.measureFrom && at < this.endAt) group.latencies.push(at - from);
      done();
    });
  }

  sum({ name, latencies, total, wrong, firstWrong }) {
    const sorted = Float64Array.from(latencies).sort();
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    const perSecond = sorted.length / (this.measureMs / 1_000);
    return { name, measured: sorted.length, perSecond, p50: at(0.5), p99: at(0.99), total, wrong, firstWrong };
  }
}

process.on('message', (plan) => {
  void new Run(plan).run().then((result) => process.send({ result }));
});
process.on('disconnect', () => process.exit());
process.send('ready');
