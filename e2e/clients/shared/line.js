import { once } from 'node:events';
import net from 'node:net';

/** A TCP connection between a client and the server that can be cut, as networks do. */
export class Line {
  #connections = new Set();

  /** Listens on a port of its own and passes everything on to the server at address. */
  static async to(address) {
    const line = new Line();
    const { hostname, port } = new URL(address);
    line.listener = net.createServer((near) => line.#join(near, net.connect(Number(port), hostname)));
    line.listener.listen(0, '127.0.0.1');
    await once(line.listener, 'listening');
    line.address = `http://127.0.0.1:${line.listener.address().port}`;
    return line;
  }

  #join(near, far) {
    for (const [end, other] of [
      [near, far],
      [far, near],
    ]) {
      this.#connections.add(end);
      // What breaks one side breaks the other; that is no failure of the test.
      end.on('error', () => other.destroy());
      end.on('close', () => this.#connections.delete(end));
      end.pipe(other);
    }
  }

  /** Breaks whatever is open, in the middle of anything; new connections are taken. */
  cut() {
    for (const end of this.#connections) end.destroy();
  }

  close() {
    this.listener.close();
    this.cut();
  }
}
