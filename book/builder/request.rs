//! What a browser asks for, and which file that is: one below the built book, or none.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

/// A request, as far as a static page needs it.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// `HEAD` asks for everything but the file's bytes.
    pub head: bool,
    /// As it came, without the query.
    pub path: String,
    /// The name by which the browser calls this server.
    pub host: String,
}

/// Why there is no answer but a status.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    BadRequest,
    MethodNotAllowed,
    TooLong,
}

/// No request for a page of a book is longer.
const LIMIT: u64 = 16 * 1024;

/// Reads a request, up to the empty line behind it.
///
/// # Errors
/// If the browser went away.
pub fn read(stream: impl Read) -> io::Result<Result<Request, Refusal>> {
    let mut lines = io::BufReader::new(stream.take(LIMIT));
    let mut line = |text: &mut Vec<u8>| -> io::Result<bool> {
        text.clear();
        lines.read_until(b'\n', text)?;
        Ok(text.ends_with(b"\n"))
    };
    let mut text = Vec::new();
    if !line(&mut text)? {
        return Ok(Err(Refusal::TooLong));
    }
    let first = String::from_utf8_lossy(&text).trim_end().to_owned();
    let mut host = String::new();
    loop {
        if !line(&mut text)? {
            return Ok(Err(Refusal::TooLong));
        }
        let header = String::from_utf8_lossy(&text);
        match header.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("host") => host = value.trim().to_owned(),
            None if header.trim_end().is_empty() => break,
            _ => {}
        }
    }
    let words: Vec<_> = first.split(' ').collect();
    let &[method, target, version] = &words[..] else { return Ok(Err(Refusal::BadRequest)) };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Ok(Err(Refusal::BadRequest));
    }
    if !matches!(method, "GET" | "HEAD") {
        return Ok(Err(Refusal::MethodNotAllowed));
    }
    let path = target.split(['?', '#']).next().unwrap_or_default().to_owned();
    Ok(Ok(Request { head: method == "HEAD", path, host }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn book() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let book = dir.path().join("book");
        fs::create_dir_all(book.join("lessons")).unwrap();
        fs::write(dir.path().join("secret"), "secret").unwrap();
        fs::create_dir(dir.path().join("book2")).unwrap();
        fs::write(dir.path().join("book2/index.html"), "a neighbour").unwrap();
        for page in ["index.html", "lessons/index.html", "lessons/a b.html", "%2e%2e"] {
            fs::write(book.join(page), page).unwrap();
        }
        symlink("../secret", book.join("link")).unwrap();
        symlink("..", book.join("up")).unwrap();
        symlink("index.html", book.join("home")).unwrap();
        (dir, book)
    }

    #[rstest]
    #[case("/", "index.html")]
    #[case("/index.html", "index.html")]
    #[case("//index.html", "index.html")]
    #[case("/lessons", "lessons/index.html")]
    #[case("/lessons/a%20b.html", "lessons/a b.html")]
    #[case("/home", "index.html")]
    #[case("/%252e%252e", "%2e%2e")]
    fn a_file_of_the_book_is_found(#[case] path: &str, #[case] found: &str) {
        let (_dir, book) = book();
        assert_eq!(file(&book, path), Some(book.canonicalize().unwrap().join(found)));
    }

    #[rstest]
    #[case::parent("/../secret")]
    #[case::parent_within("/lessons/../../secret")]
    #[case::encoded("/%2e%2e/secret")]
    #[case::encoded_slash("/..%2fsecret")]
    #[case::all_encoded("/%2E%2E%2Fsecret")]
    #[case::double_encoded("/%252e%252e/secret")]
    #[case::double_encoded_slash("/..%252fsecret")]
    #[case::backslash("/..\\secret")]
    #[case::encoded_backslash("/..%5csecret")]
    #[case::link("/link")]
    #[case::link_to_a_folder("/up/secret")]
    #[case::neighbour("/../book2/index.html")]
    #[case::neighbour_by_link("/up/book2/index.html")]
    #[case::absolute("//etc/passwd")]
    #[case::absolute_encoded("/%2fetc%2fpasswd")]
    #[case::nul("/index.html%00")]
    #[case::half_an_escape("/index.html%2")]
    #[case::no_escape("/%+1index.html")]
    #[case::no_text("/%ff")]
    #[case::missing("/none.html")]
    fn nothing_outside_is_found(#[case] path: &str) {
        let (_dir, book) = book();
        assert_eq!(file(&book, path), None);
    }

    #[test]
    fn a_request_is_read() {
        let text = "GET /a.html?q=1 HTTP/1.1\r\nAccept: */*\r\nhost: 127.0.0.1:2345\r\n\r\n";
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read, Ok(Request { head: false, path: "/a.html".into(), host: "127.0.0.1:2345".into() }));
    }

    #[rstest]
    #[case("POST / HTTP/1.1\r\n\r\n".to_owned(), Refusal::MethodNotAllowed)]
    #[case("GET http://127.0.0.1/ HTTP/1.1\r\n\r\n".to_owned(), Refusal::BadRequest)]
    #[case("GET /\r\n\r\n".to_owned(), Refusal::BadRequest)]
    #[case("\r\n\r\n".to_owned(), Refusal::BadRequest)]
    #[case(String::new(), Refusal::TooLong)]
    #[case(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(20_000)), Refusal::TooLong)]
    fn anything_else_is_refused(#[case] text: String, #[case] refusal: Refusal) {
        assert_eq!(read(text.as_bytes()).unwrap(), Err(refusal));
    }
}
