import { once } from 'node:events';
import { connect } from 'node:net';

/** Signs in: each session has a client that keeps its connection and the refresh token that is good next. */
export async function openSessions(client, people) {
  const sessions = [];
  for (const person of people) {
    const { status, body } = await client.send('POST', '/login', { body: person });
    if (status !== 200) throw new Error(`a login was answered ${status}`);
    const socket = connect(client.port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    sessions.push({ socket, token: body.refresh_token });
  }
  return sessions;
}

export function closeSessions(sessions) {
  for (const { socket } of sessions) socket.destroy();
}

/**
 * Each session refreshes in a chain: the next token with the answer that brought it.
 * @param onAccessToken is told each access token that comes along
 * @returns refreshes a second, and the processor time of the service for each in microseconds
 */
export async function refreshFor(ms, sessions, service, onAccessToken = () => undefined) {
  const before = service.cpu();
  const started = performance.now();
  const counts = await Promise.all(
    sessions.map((session) => refreshUntil(started + ms, session, onAccessToken)),
  );
  const count = counts.reduce((sum, some) => sum + some, 0);
  const tookMs = performance.now() - started;
  return { perSecond: count / (tookMs / 1000), cpuMicroseconds: (service.cpu() - before) / count };
}

async function refreshUntil(end, session, onAccessToken) {
  let count = 0;
  for (; performance.now() < end; count++) {
    const { status, body } = await refresh(session);
    if (status !== 200) throw new Error(`a refresh was answered ${status}: ${body}`);
    const { access_token, refresh_token } = JSON.parse(body);
    session.token = refresh_token;
    onAccessToken(access_token);
  }
  return count;
}

/** As little HTTP as it takes: a client library would keep its core busier than the service keeps the other. */
function refresh({ socket, token }) {
  return new Promise((resolve, reject) => {
    let text = '';
    const take = (chunk) => {
      text += chunk;
      const end = text.indexOf('\r\n\r\n') + 4;
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end < 4 || text.length < end + Number(length)) return;
      socket.off('data', take).off('error', reject);
      resolve({ status: Number(text.slice(9, 12)), body: text.slice(end) });
    };
    socket.on('data', take).once('error', reject);
    socket.write(
      `POST /refresh HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
}
