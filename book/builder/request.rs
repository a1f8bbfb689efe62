//! What a browser asks for. httparse reads the request; here its length is limited, and what is no request for a page
//! is refused.

use std::io::{self, ErrorKind, Read};

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
