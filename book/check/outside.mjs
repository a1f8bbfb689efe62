// What a stranger might ask the server for. A browser would tidy these paths up; a socket does not.
import net from 'node:net';

const asked = [
    '/../Cargo.toml', '/lessons/../../Cargo.toml', '/..%2fCargo.toml', '/%2e%2e/Cargo.toml', '/%2e%2e%2fCargo.toml',
    '/%252e%252e/Cargo.toml', '/%252e%252e%252fCargo.toml', '/..\\Cargo.toml', '/..%5cCargo.toml', '//etc/passwd',
    '/%2fetc/passwd', '/etc/passwd', '/book.stamp', '/../book.stamp', '/index.html%00.css', '/%', '/%zz', '/%ff',
];

/** The status and the body that the server answers to these bytes. */
function answer(address, request) {
    const { hostname, port } = new URL(address);
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, hostname, () => socket.write(request));
        let text = '';
        socket.setEncoding('utf8').on('data', data => { text += data; });
        socket.on('end', () => resolve({ status: Number(text.split(' ')[1]), text })).on('error', reject);
        socket.setTimeout(15_000, () => socket.destroy(new Error('no answer')));
    });
}

export async function outside({ address, fail }) {
    const { host, port } = new URL(address);
    for (const path of asked) {
        const { status, text } = await answer(address, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
        if (status !== 404 || /\[workspace\]|root:/.test(text)) fail(`${path} is answered with ${status}`);
    }
    const others = {
        'another site by this name': [`GET / HTTP/1.1\r\nHost: evil.example:${port}\r\n\r\n`, 421],
        'no name': ['GET / HTTP/1.1\r\n\r\n', 421],
        'a post': [`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabc`, 405],
        'a proxy': [`GET http://example.com/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
        'a long line': [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 431],
        'a head': [`HEAD / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 200],
    };
    for (const [what, [request, expected]] of Object.entries(others)) {
        const { status } = await answer(address, request);
        if (status !== expected) fail(`${what} is answered with ${status} and not with ${expected}`);
    }
}
