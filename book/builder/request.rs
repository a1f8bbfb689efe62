//! What a browser asks for, and which file that is. httparse reads the request; here its length is limited, what is no
//! request for a page is refused, and so is a path that leads out of the built book.

use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use httparse::{EMPTY_HEADER, Error, Status};

/// A request, as far as a static page needs it.
pub struct Request {
    /// `HEAD` asks for everything but the file's bytes.
    pub head: bool,
    /// As it came, without the query.
    pub path: String,
    /// The name by which the browser calls this server.
    pub host: String,
}

/// Why there is no answer but a status.
pub enum Refusal {
    BadRequest,
    MethodNotAllowed,
    TooLong,
}

/// No request for a page of a book is longer, in bytes up to the empty line, or has more headers.
const LIMIT: usize = 16 * 1024;
const HEADERS: usize = 100;

/// Reads a request, up to the empty line behind its headers.
///
/// # Errors
/// If the browser went away, or took longer than the stream's time-out.
pub fn read(mut stream: impl Read) -> io::Result<Result<Request, Refusal>> {
    let mut bytes = Vec::new();
    loop {
        let mut headers = [EMPTY_HEADER; HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(&bytes) {
            Ok(Status::Complete(_)) => return Ok(understand(&request)),
            Ok(Status::Partial) if bytes.len() < LIMIT => {}
            Ok(Status::Partial) | Err(Error::TooManyHeaders) => return Ok(Err(Refusal::TooLong)),
            Err(_) => return Ok(Err(Refusal::BadRequest)),
        }
        let mut more = [0; 4096];
        match stream.read(&mut more)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => bytes.extend_from_slice(&more[..length]),
        }
    }
}

/// A request of the right form, which may still be none for a page.
fn understand(request: &httparse::Request) -> Result<Request, Refusal> {
    let head = match request.method {
        Some("GET") => false,
        Some("HEAD") => true,
        _ => return Err(Refusal::MethodNotAllowed),
    };
    let target = request.path.filter(|target| target.starts_with('/')).ok_or(Refusal::BadRequest)?;
    let path = target.split(['?', '#']).next().unwrap_or_default().to_owned();
    let host = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"));
    let host = host.map(|header| String::from_utf8_lossy(header.value).into_owned()).unwrap_or_default();
    Ok(Request { head, path, host })
}

/// The file below `dir` that `path` names, if there is one. A folder is its `index.html`.
///
/// The path is decoded once, so that an escape in an escape stays a strange name; `..` and what an escape could
/// smuggle in are refused; and the file has to lie in `dir` after every symbolic link was followed.
pub fn file(dir: &Path, path: &str) -> Option<PathBuf> {
    let decoded = decoded(path)?;
    let mut file = dir.to_owned();
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        if part == "." || part == ".." || part.contains(['\\', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    let file = file.canonicalize().ok()?;
    (file.starts_with(dir.canonicalize().ok()?) && file.is_file()).then_some(file)
}

/// The path with its `%XX` replaced, once, if it is text then.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return None;
            }
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}
