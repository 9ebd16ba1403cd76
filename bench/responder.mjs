// A socket that answers every request without looking at it: what the generator can do at most.
import { createServer } from 'node:net';

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('data', () => socket.write(answer));
  socket.on('error', () => socket.destroy());
}).listen(Number(process.env.PORT), '127.0.0.1');
process.once('disconnect', () => process.exit());
