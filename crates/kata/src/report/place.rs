//! A line of a source file, and what Rust's runtime says of a panic there.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use crate::crash;

/// A line of a source file, as the compiler names it: from the workspace's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; 0 where none is known.
    pub column: u32,
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Place { path, line, column } = self;
        match column {
            0 => write!(f, "{path}:{line}"),
            column => write!(f, "{path}:{line}:{column}"),
        }
    }
}

/// Where code is: in which function, and the line where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The line; `None` where the program does not have the names of its lines.
    pub place: Option<Place>,
    /// The function, with its path.
    pub function: String,
}

impl From<crash::Line> for Spot {
    fn from(line: crash::Line) -> Self {
        let place = line.place.map(|(path, line)| Place { path, line, column: 0 });
        Spot { place, function: line.function }
    }
}

impl Display for Spot {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}, in {}", self.function),
            None => write!(f, "in {}", self.function),
        }
    }
}

/// `PATH:LINE:COLUMN` is no place if one of the three is missing.
impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.rsplitn(3, ':');
        let mut number = || parts.next()?.parse().ok();
        let (column, line) = (number().ok_or(())?, number().ok_or(())?);
        match parts.next() {
            Some(path) if !path.is_empty() => Ok(Place { path: path.to_owned(), line, column }),
            _ => Err(()),
        }
    }
}

/// A `todo!` that was reached: work that the learner has not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// Where it is.
    pub place: Place,
    /// What it asks for.
    pub task: String,
}

/// The place in the line that Rust's runtime prints first: `thread 'main' (7) panicked at PATH:LINE:COLUMN:`.
pub fn panicked_at(line: &str) -> Option<Place> {
    let (_, named) = line.trim_end().split_once("panicked at ")?;
    named.strip_suffix(':')?.parse().ok()
}

/// The line of code in a message that tells of a program's crash: `  at:       PATH:LINE, in FUNCTION`.
pub(super) fn crashed_at(line: &str) -> Option<Place> {
    let (place, _) = line.strip_prefix("  at:       ")?.split_once(", in ")?;
    let (path, line) = place.rsplit_once(':')?;
    Some(Place { path: path.to_owned(), line: line.parse().ok()?, column: 0 })
}

/// The blank at `place`, if a panic there said what `todo!` says; `said` is the first line of the panic's message.
pub fn blank_after(place: &Place, said: &str) -> Option<Blank> {
    let (_, task) = said.split_once("not yet implemented")?;
    Some(Blank { place: place.clone(), task: task.trim_start_matches(':').trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written() {
        let place = Place { path: "lessons/a:b/src/lib.rs".into(), line: 30, column: 5 };
        assert_eq!(place.to_string().parse(), Ok(place.clone()));
        assert_eq!(panicked_at(&format!("(stderr) thread 'main' (4121) panicked at {place}:")), Some(place));
        for nonsense in ["", "a", "a:1", "a:b:1", "a:1:b", ":1:2"] {
            assert_eq!(nonsense.parse::<Place>(), Err(()), "{nonsense}");
        }
        assert_eq!(panicked_at("at a.rs:1:2"), None);
    }

    #[test]
    fn a_crash_is_told_with_its_line() {
        let place = Place { path: "lessons/a/src/lib.rs".into(), line: 30, column: 0 };
        let spot = |place| Spot { place, function: "a::b".into() };
        assert_eq!(crashed_at(&format!("  at:       {}", spot(Some(place.clone())))), Some(place));
        assert_eq!(crashed_at(&format!("  at:       {}", spot(None))), None);
    }

    #[test]
    fn a_blank_is_what_todo_says() {
        let place = Place { path: "a.rs".into(), line: 1, column: 2 };
        assert_eq!(blank_after(&place, "not yet implemented: ask shmget").unwrap().task, "ask shmget");
        assert_eq!(blank_after(&place, "not yet implemented").unwrap().task, "");
        assert_eq!(blank_after(&place, "1 is not 2"), None);
    }
}
