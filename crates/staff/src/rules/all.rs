//! The rules together: for the files of lessons, and for the walkthrough.

use super::{chapter, files, pages, tests, texts};
use crate::findings::Findings;
use crate::tables;
use shm_kata::course::{Course, Lesson};
use shm_kata::trouble::Trouble;
use walkthrough::SRC;

/// The files of these lessons: that they are there and written, the card, the hints, why, the tests; and README's list.
///
/// # Errors
/// If README.md cannot be read.
pub fn lessons(course: &Course, lessons: &[&Lesson]) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    tables::check(course, "", &mut findings)?;
    files::numbers(course, &mut findings);
    for lesson in lessons {
        files::check(course, lesson, &mut findings);
        texts::card(course, lesson, &mut findings);
        texts::hints(course, lesson, &mut findings);
        texts::why(course, lesson, &mut findings);
        tests::check(course, lesson, &mut findings);
    }
    Ok(findings)
}

/// The walkthrough as a whole, and the chapters and figures of these lessons.
///
/// # Errors
/// If the table of contents or a folder of the book cannot be read.
pub fn book(course: &Course, lessons: &[&Lesson]) -> Result<Findings, Trouble> {
    let mut findings = Findings::default();
    tables::check(course, SRC, &mut findings)?;
    let book = pages::Book::read(course)?;
    for lesson in lessons {
        if !book.missing.contains(&lesson.folder) {
            chapter::check(course, &book, lesson, &mut findings);
        }
    }
    pages::check(course, &book, &mut findings)?;
    Ok(findings)
}
