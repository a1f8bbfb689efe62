//! JSON as cargo prints it, read strictly: what is not JSON is an error, and nothing is guessed.

use std::iter::Peekable;
use std::str::Chars;

/// One JSON value. Numbers keep their text: the runner reads none of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member of an object; `None` for anything else.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let Value::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    pub fn list(&self) -> &[Value] {
        if let Value::List(values) = self { values } else { &[] }
    }
}

/// Reads one value that takes up all of `source`.
pub fn parse(source: &str) -> Result<Value, String> {
    let mut reader = Reader { chars: source.chars().peekable() };
    let value = reader.value(0)?;
    match reader.next_token() {
        None => Ok(value),
        Some(extra) => Err(format!("`{extra}` after the end of the value")),
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn next_token(&mut self) -> Option<char> {
        while self.chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
        self.chars.next()
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        let first = self.next_token().ok_or("the text ends where a value should stand")?;
        self.value_from(first, depth)
    }

    fn value_from(&mut self, first: char, depth: usize) -> Result<Value, String> {
        match first {
            _ if depth > 100 => Err("nested too deeply".into()),
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => self.string().map(Value::Text),
            't' => self.word("rue", Value::Bool(true)),
            'f' => self.word("alse", Value::Bool(false)),
            'n' => self.word("ull", Value::Null),
            '-' | '0'..='9' => {
                let mut number = String::from(first);
                while let Some(c) = self.chars.next_if(|c| matches!(c, '0'..='9' | '.' | '-' | '+' | 'e' | 'E')) {
                    number.push(c);
                }
                Ok(Value::Number(number))
            }
            other => Err(format!("`{other}` where a value should stand")),
        }
    }

    fn word(&mut self, rest: &str, value: Value) -> Result<Value, String> {
        let complete = rest.chars().all(|c| self.chars.next_if_eq(&c).is_some());
        complete.then_some(value).ok_or_else(|| "a word that is not true, false or null".into())
    }

    fn array(&mut self, depth: usize) -> Result<Value, String> {
        let mut values = Vec::new();
        loop {
            match (self.next_token(), values.is_empty()) {
                (Some(']'), _) => return Ok(Value::List(values)),
                (Some(first), true) => values.push(self.value_from(first, depth + 1)?),
                (Some(','), false) => values.push(self.value(depth + 1)?),
                (other, _) => return Err(format!("{other:?} in a list")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let mut members = Vec::new();
        loop {
            match (self.next_token(), members.is_empty()) {
                (Some('}'), _) => return Ok(Value::Object(members)),
                (Some('"'), true) => {}
                (Some(','), false) if self.next_token() == Some('"') => {}
                (other, _) => return Err(format!("{other:?} in an object")),
            }
            let name = self.string()?;
            match self.next_token() {
                Some(':') => members.push((name, self.value(depth + 1)?)),
                other => return Err(format!("{other:?} after the name {name:?}")),
            }
        }
    }

    /// The rest of a string whose opening quote is read.
    fn string(&mut self) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.chars.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(c) if c >= ' ' => text.push(c),
                Some(c) => return Err(format!("{c:?} in a string")),
                None => return Err("a string without an end".into()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, String> {
        Ok(match self.chars.next() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let high = self.four_digits()?;
                // Characters beyond 16 bits come as two halves.
                let code = if (0xd800..0xdc00).contains(&high) {
                    if self.chars.next() != Some('\\') || self.chars.next() != Some('u') {
                        return Err("half of a character".into());
                    }
                    let low = self.four_digits()?.checked_sub(0xdc00).filter(|low| *low < 0x400);
                    0x10000 + ((high - 0xd800) << 10) + low.ok_or("half of a character")?
                } else {
                    high
                };
                char::from_u32(code).ok_or("half of a character")?
            }
            other => return Err(format!("{other:?} after a backslash")),
        })
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        (0..4).try_fold(0, |code, _| {
            let digit = self.chars.next().and_then(|c| c.to_digit(16)).ok_or("fewer than four digits after \\u")?;
            Ok(code << 4 | digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_line_of_cargos() {
        let line =
            r#"{"reason":"compiler-artifact","target":{"kind":["test"],"name":"key"},"fresh":false,"executable":null}"#;
        let value = parse(line).unwrap();
        assert_eq!(value.get("reason").and_then(Value::text), Some("compiler-artifact"));
        let target = value.get("target").unwrap();
        assert_eq!(target.get("kind").unwrap().list(), [Value::Text("test".into())]);
        assert_eq!(value.get("executable"), Some(&Value::Null));
    }

    #[rstest]
    #[case::plain(r#""a""#, "a")]
    #[case::escapes(r#""\"\\\/\n\t\u001b""#, "\"\\/\n\t\u{1b}")]
    #[case::two_halves(r#""\ud83d\ude00""#, "\u{1f600}")]
    fn strings(#[case] source: &str, #[case] text: &str) {
        assert_eq!(parse(source), Ok(Value::Text(text.into())));
    }

    #[rstest]
    #[case::empty("")]
    #[case::two_values("1 2")]
    #[case::open_list("[1,")]
    #[case::trailing_comma("[1,]")]
    #[case::no_comma("[1 2]")]
    #[case::open_string("\"abc")]
    #[case::half_a_character(r#""\ud83d""#)]
    #[case::bare_name("{a:1}")]
    #[case::missing_colon(r#"{"a" 1}"#)]
    #[case::word("nul")]
    fn what_is_not_json_is_an_error(#[case] source: &str) {
        assert!(parse(source).is_err(), "{source}");
    }

    #[test]
    fn depth_is_bounded() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
