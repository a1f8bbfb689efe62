//! The book in a browser of this machine. Requests from elsewhere get no page.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{fs, thread};

use crate::request::{self, Refusal, Request};
use crate::site::Site;

/// Where it listens unless it is told otherwise: the key of the programs that it is about.
pub const PORT: u16 = 2345;

/// How long a browser may take to ask, or to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Builds the book and serves it until it is stopped. A page is built anew when its sources have changed.
pub fn serve(site: Site, port: u16, page: &str, open: bool) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            format!("port {port} is in use. Another one: cargo run -p book -- --port 0 takes any that is free")
        }
        _ => format!("cannot listen on 127.0.0.1:{port}: {error}"),
    })?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    site.build()?;
    if request::file(&site.dir(), page).is_none() {
        return Err(format!("there is no page {page} in {}", site.dir().display()));
    }

    let address = format!("http://127.0.0.1:{port}/{page}");
    println!("The walkthrough: {address}\nCtrl-C ends it.");
    if open {
        let opened = Command::new("xdg-open").arg(&address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        if let Err(error) = opened {
            eprintln!("book: xdg-open does not start ({error}); open the address by hand");
        }
    }
    let site = Arc::new(Mutex::new(site));
    for stream in listener.incoming() {
        // A browser that gave up before it was accepted has asked nothing.
        let Ok(stream) = stream else { continue };
        let site = Arc::clone(&site);
        // A browser that went away while it was answered is no trouble of ours.
        thread::spawn(move || _ = answer(stream, port, &site));
    }
    Ok(())
}

fn answer(mut stream: TcpStream, port: u16, site: &Mutex<Site>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (head, answer) = match request::read(&stream)? {
        Ok(request) => (request.head, page(&request, port, &site.lock().unwrap_or_else(|lock| lock.into_inner()))),
        Err(Refusal::BadRequest) => (false, Answer::text("400 Bad Request", "This is no request for a page.")),
        Err(Refusal::MethodNotAllowed) => (false, Answer::text("405 Method Not Allowed", "Pages can be read.")),
        Err(Refusal::TooLong) => (false, Answer::text("431 Request Header Fields Too Large", "That is too long.")),
    };
    answer.send(&mut stream, head)?;
    // What was not read yet would turn the end of the connection into a reset, and the answer would be lost.
    stream.shutdown(std::net::Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    _ = io::copy(&mut stream.take(1 << 20), &mut io::sink());
    Ok(())
}

/// The page that is asked for. A site under another name that leads here is not ours to answer for.
fn page(request: &Request, port: u16, site: &Site) -> Answer {
    let names = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    if !names.contains(&request.host) {
        return Answer::text("421 Misdirected Request", &format!("Ask for {}.", names[0]));
    }
    let is_page = request.path.ends_with(".html") || request.path.ends_with('/');
    if is_page && let Err(trouble) = site.build() {
        return Answer::text("500 Internal Server Error", &trouble);
    }
    let dir = site.dir();
    let (status, file) = match request::file(&dir, &request.path) {
        Some(file) => ("200 OK", file),
        None => ("404 Not Found", dir.join("404.html")),
    };
    match fs::read(&file) {
        Ok(bytes) if kind(&file) == HTML => {
            let page = with_progress(&String::from_utf8_lossy(&bytes), &progress(site.root()));
            Answer { status, kind: HTML, bytes: page.into_bytes() }
        }
        Ok(bytes) => Answer { status, kind: kind(&file), bytes },
        Err(_) => Answer::text("404 Not Found", "There is no such page."),
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html") => HTML,
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "text/plain; charset=utf-8",
    }
}

/// What a browser gets.
struct Answer {
    status: &'static str,
    kind: &'static str,
    bytes: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str, text: &str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", bytes: format!("{text}\n").into_bytes() }
    }

    /// The policy lets a page load what comes from here: no request leaves the machine.
    fn send(&self, stream: &mut TcpStream, head: bool) -> io::Result<()> {
        let header = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-cache\r\n\
             X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: \
             default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; frame-ancestors 'self'; base-uri 'self'; form-action 'self'\r\n\r\n",
            self.status,
            self.kind,
            self.bytes.len()
        );
        stream.write_all(header.as_bytes())?;
        if head { Ok(()) } else { stream.write_all(&self.bytes) }
    }
}

/// The lessons that passed, by the runner's `progress.txt`, as a page's `<meta>` carries them: `key=done shmget=partial`.
fn progress(root: &Path) -> String {
    let text = fs::read_to_string(root.join("progress.txt")).unwrap_or_default();
    let lessons = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let (name, state) = (words.next()?, words.next()?);
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (plain && matches!(state, "done" | "partial")).then(|| format!("{name}={state}"))
    });
    lessons.collect::<Vec<_>>().join(" ")
}

/// The page with the reader's progress in its head, for the book's script to find.
fn with_progress(page: &str, progress: &str) -> String {
    page.replacen("</head>", &format!("<meta name=\"kata-progress\" content=\"{progress}\">\n    </head>"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_that_passed_are_named_and_nothing_else_is() {
        let dir = tempfile::tempdir().unwrap();
        let text = "# mine\nkey done 0a\nshmget partial 0b\n\"><script> done 0c\nread mastered 1\n\n";
        fs::write(dir.path().join("progress.txt"), text).unwrap();
        assert_eq!(progress(dir.path()), "key=done shmget=partial");
        assert_eq!(progress(&dir.path().join("none")), "");
    }
}
