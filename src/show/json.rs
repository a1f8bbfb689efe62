//! JSON for scripts, its fields in the order in which they were put.

use std::fmt::{self, Display, Formatter};

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool(bool),
    /// Wide enough for every number that the kernel shows.
    Number(i128),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    pub fn number(number: impl TryInto<i128>) -> Self {
        number.try_into().map_or(Self::Null, Self::Number)
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The text, or null.
    pub fn maybe(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    fn write(&self, f: &mut Formatter<'_>, depth: usize) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(text) => write_text(f, text),
            Self::List(values) => {
                let values = values.iter().map(|value| (None, value));
                write_members(f, ['[', ']'], values, depth)
            }
            Self::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (Some(*name), value));
                write_members(f, ['{', '}'], fields, depth)
            }
        }
    }
}

impl Display for Json {
    /// Indented by two spaces, without a newline at the end.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

fn write_members<'a>(
    f: &mut Formatter<'_>,
    [open, close]: [char; 2],
    members: impl Iterator<Item = (Option<&'static str>, &'a Json)>,
    depth: usize,
) -> fmt::Result {
    write!(f, "{open}")?;
    let mut any = false;
    for (name, value) in members {
        write!(f, "{}\n{:indent$}", if any { "," } else { "" }, "", indent = 2 * (depth + 1))?;
        if let Some(name) = name {
            write!(f, "\"{name}\": ")?;
        }
        value.write(f, depth + 1)?;
        any = true;
    }
    if any {
        write!(f, "\n{:indent$}", "", indent = 2 * depth)?;
    }
    write!(f, "{close}")
}

fn write_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parser_reads_back_what_is_written() {
        let text = "a \"quoted\" \\ line\nand \u{1} \u{7f} 🦀";
        let json = Json::Object(vec![
            ("text", Json::text(text)),
            ("list", Json::List(vec![Json::number(-7), Json::Bool(true), Json::Null])),
            ("empty", Json::List(vec![])),
        ]);
        let written = json.to_string();
        assert!(
            written.ends_with("  \"list\": [\n    -7,\n    true,\n    null\n  ],\n  \"empty\": []\n}"),
            "{written}"
        );
        let value: tinyjson::JsonValue = written.parse().unwrap();
        assert_eq!(value["text"].get::<String>().unwrap(), text);
    }
}
