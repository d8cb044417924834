// Loaded before the service (`node --import`): ends the process, as a power cut would, when the answer to the path in
// CRASH_BEFORE_ANSWERING is about to be sent. What the request has changed is committed then, and its client knows nothing.
import { ServerResponse } from 'node:http';

const { writeHead } = ServerResponse.prototype;

ServerResponse.prototype.writeHead = function (...answer) {
  if (this.req.url === process.env.CRASH_BEFORE_ANSWERING) process.kill(process.pid, 'SIGKILL');
  return writeHead.apply(this, answer);
};
