//! What the server answers. Requests are written byte by byte, because a browser would tidy up a path such as `/../`.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{command, kata, page, write};

/// A server, ended with the test.
struct Server {
    process: Child,
    /// `127.0.0.1:PORT`
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn serve(kata: &TempDir) -> Server {
    let mut process = command(kata, &["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("The walkthrough: http://").unwrap().trim_end_matches('/').to_owned();
    Server { process, address }
}

/// What the server answers to these bytes, up to the end of the connection.
fn asked(server: &Server, request: &str) -> Answer {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap_or_else(|error| panic!("{request:?}: {error}"));
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("{request:?}: no header in {}", String::from_utf8_lossy(&bytes)));
    let body = bytes.split_off(end + 4);
    let header = String::from_utf8(bytes).unwrap();
    let status = header.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, header, body }
}

struct Answer {
    status: u16,
    header: String,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The value of a header.
    #[track_caller]
    fn value(&self, name: &str) -> &str {
        let mut lines = self.header.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.unwrap_or_else(|| panic!("no {name} in\n{}", self.header)).1
    }
}

fn request(server: &Server, method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", server.address)
}

fn get(server: &Server, path: &str) -> Answer {
    asked(server, &request(server, "GET", path))
}

/// A book with some files of its own, and a secret and another book beside it.
fn book_with_neighbours() -> (TempDir, Server) {
    let kata = kata();
    let server = serve(&kata);
    for (path, text) in [
        ("secret", "a secret"),
        ("target/book2/index.html", "a secret"),
        ("target/book/lessons/index.html", "lessons"),
        ("target/book/lessons/a b.html", "a b"),
        ("target/book/%2e%2e", "a strange name"),
        ("target/book/plain.css", "body {}"),
        ("target/book/data.json", "{}"),
        ("target/book/picture.svg", "<svg/>"),
        ("target/book/unknown.kind", "a text"),
    ] {
        write(&kata, path, text);
    }
    let book = kata.path().join("target/book");
    symlink("../../secret", book.join("link")).unwrap();
    symlink("..", book.join("up")).unwrap();
    symlink("lessons/index.html", book.join("home")).unwrap();
    (kata, server)
}

#[test]
fn a_file_of_the_book_is_found() {
    let (_kata, server) = book_with_neighbours();
    for (path, text) in [
        ("/lessons/", "lessons"),
        ("/lessons", "lessons"),
        ("/lessons/index.html", "lessons"),
        ("//lessons//index.html", "lessons"),
        ("/lessons/index.html?query=1", "lessons"),
        ("/lessons/a%20b.html", "a b"),
        ("/home", "lessons"),
        ("/%252e%252e", "a strange name"),
    ] {
        let answer = get(&server, path);
        assert_eq!((answer.status, answer.text().as_str()), (200, text), "{path}");
    }
}

#[test]
fn nothing_outside_the_book_is_found() {
    let (_kata, server) = book_with_neighbours();
    for path in [
        "/../secret",
        "/../../secret",
        "/lessons/../../../secret",
        "/%2e%2e/%2e%2e/secret",
        "/..%2f..%2fsecret",
        "/%2E%2E%2F%2e%2e%2fsecret",
        "/%252e%252e/secret",
        "/..%252fsecret",
        "/..\\..\\secret",
        "/..%5c..%5csecret",
        "/link",
        "/up/secret",
        "/up/book.stamp",
        "/../book.stamp",
        "/book.stamp",
        "/../book2/index.html",
        "/up/book2/index.html",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/index.html%00",
        "/index.html%00.css",
        "/index.html%2",
        "/%+1index.html",
        "/%",
        "/%zz",
        "/%ff",
        "/none.html",
    ] {
        let answer = get(&server, path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("secret") && !answer.text().contains("root:"), "{path}: {}", answer.text());
    }
    let long = get(&server, &format!("/{}", "x".repeat(10_000)));
    assert_eq!(long.status, 404, "a name that is too long for a file");
}

#[test]
fn what_is_no_request_for_a_page_of_this_book_is_refused() {
    let kata = kata();
    let server = serve(&kata);
    let host = &server.address;
    let port = host.rsplit(':').next().unwrap();
    for (request, status, why) in [
        (request(&server, "POST", "/"), 405, "Pages can be read."),
        (format!("POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"), 405, "Pages"),
        (request(&server, "DELETE", "/index.html"), 405, "Pages can be read."),
        (request(&server, "GET", "http://127.0.0.1/"), 400, "no request for a page"),
        (request(&server, "GET", "index.html"), 400, "no request for a page"),
        (
            format!("GET / HTTP/1.1\r\nHost: evil.example:{port}\r\nConnection: close\r\n\r\n"),
            421,
            "Ask for 127.0.0.1:",
        ),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 421, "Ask for 127.0.0.1:"),
        ("GET /\r\n\r\n".to_owned(), 400, "no request for a page"),
        ("GET / HTTP/2.0\r\n\r\n".to_owned(), 400, "no request for a page"),
        ("no request at all\r\n\r\n".to_owned(), 400, "no request for a page"),
        (request(&server, "GET", &format!("/{}", "x".repeat(20_000))), 431, "too long"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(200)), 431, "too long"),
    ] {
        let answer = asked(&server, &request);
        assert_eq!(answer.status, status, "{request:?}");
        assert!(answer.text().contains(why), "{request:?}: {}", answer.text());
        assert!(!answer.text().contains("<html"), "{request:?}: {}", answer.text());
    }
    let by_name = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(asked(&server, &by_name).status, 200, "localhost is this machine too");
}

#[test]
fn a_file_comes_with_its_kind_and_byte_for_byte() {
    let (kata, server) = book_with_neighbours();
    // Longer than one write takes, and with bytes that are no text.
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n ^ n >> 8) as u8).collect();
    for name in ["picture.png", "font.woff2", "script.js"] {
        fs::write(kata.path().join("target/book").join(name), &bytes).unwrap();
    }
    for (path, kind) in [
        ("/lessons/index.html", "text/html; charset=utf-8"),
        ("/plain.css", "text/css; charset=utf-8"),
        ("/script.js", "text/javascript; charset=utf-8"),
        ("/data.json", "application/json"),
        ("/picture.svg", "image/svg+xml"),
        ("/picture.png", "image/png"),
        ("/font.woff2", "font/woff2"),
        ("/unknown.kind", "text/plain; charset=utf-8"),
        ("/none.html", "text/html; charset=utf-8"),
    ] {
        let answer = get(&server, path);
        assert_eq!(answer.value("Content-Type"), kind, "{path}");
        assert_eq!(answer.value("Content-Length"), answer.body.len().to_string(), "{path}");
        assert_eq!(answer.value("Cache-Control"), "no-cache", "{path}");
        assert_eq!(answer.value("X-Content-Type-Options"), "nosniff", "{path}");
        assert_eq!(answer.value("Referrer-Policy"), "no-referrer", "{path}");
        assert!(answer.value("Content-Security-Policy").starts_with("default-src 'self'; script-src "), "{path}");
    }
    for path in ["/picture.png", "/font.woff2", "/script.js"] {
        assert!(get(&server, path).body == bytes, "{path} differs from its file");
    }
}

#[test]
fn a_head_request_gets_everything_but_the_bytes() {
    let (_kata, server) = book_with_neighbours();
    for path in ["/", "/plain.css", "/none.html"] {
        let (head, full) = (asked(&server, &request(&server, "HEAD", path)), get(&server, path));
        assert_eq!(head.status, full.status, "{path}");
        for name in ["Content-Type", "Content-Length", "Content-Security-Policy"] {
            assert_eq!(head.value(name), full.value(name), "{path}");
        }
        assert!(head.body.is_empty() && !full.body.is_empty(), "{path}");
    }
}

/// A browser opens several connections at once and some in advance, keeps them open if it may, and closes some of them
/// in the middle of an answer. A server that shares a few threads among the connections leaves some without an answer;
/// that shows when its threads are new, so several servers are asked.
#[test]
fn every_connection_is_answered_whatever_the_others_do() {
    let kata = kata();
    for round in 0..8 {
        let server = serve(&kata);
        let connect = || TcpStream::connect(&server.address).unwrap();
        connect().write_all(request(&server, "GET", "/").as_bytes()).unwrap();
        let _silent = connect();
        let mut burst: Vec<_> = (0..12).map(|_| connect()).collect();
        for stream in &mut burst {
            write!(stream, "GET /index.html HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
        }
        for (place, stream) in burst.iter_mut().enumerate() {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            let mut status = [0; 12];
            let read = stream.read_exact(&mut status);
            assert!(read.is_ok(), "round {round}: connection {place} of 12 got no answer: {read:?}");
            assert_eq!(&status, b"HTTP/1.1 200", "round {round}: connection {place} of 12");
        }
    }
}

#[test]
fn a_page_is_served_as_its_sources_are_now() {
    let kata = kata();
    let server = serve(&kata);
    assert!(get(&server, "/two.html").text().contains("Ask the kernel."));
    write(&kata, "hint.md", "Ask a second process.\n");
    assert!(get(&server, "/two.html").text().contains("Ask a second process."));
    fs::remove_file(kata.path().join("hint.md")).unwrap();
    let answer = get(&server, "/two.html");
    assert!(answer.status == 500 && answer.text().contains("../../hint.md"), "{}{}", answer.header, answer.text());
}

#[test]
fn the_server_is_there_for_this_machine_alone() {
    let kata = kata();
    let server = serve(&kata);
    let port: u16 = server.address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let listens = tables.iter().flat_map(|table| table.lines()).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, _, state) = (words.next()?, words.next()?, words.next()?);
        (state == "0A" && local.ends_with(&format!(":{port:04X}"))).then_some(local)
    });
    assert_eq!(listens.collect::<Vec<_>>(), [format!("{:08X}:{port:04X}", u32::from_ne_bytes([127, 0, 0, 1]))]);
}

#[test]
fn progress_is_shown_on_pages_and_nowhere_else() {
    let kata = kata();
    write(&kata, "progress.txt", "key done 0a\n");
    let server = serve(&kata);
    assert!(get(&server, "/").text().contains("<meta name=\"kata-progress\" content=\"key=done\">"));
    assert!(!page(&kata, "index.html").contains("kata-progress"));
}

#[test]
fn ctrl_c_ends_it_and_frees_its_port() {
    let kata = kata();
    let mut server = serve(&kata);
    assert_eq!(get(&server, "/").status, 200);
    let interrupted = Command::new("kill").args(["-INT", &server.process.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    assert_eq!(server.process.wait().unwrap().signal(), Some(2), "ended by SIGINT");
    let port = server.address.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let refused = TcpStream::connect(("127.0.0.1", port)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}
